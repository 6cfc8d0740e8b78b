"""What the programs of production do before they start: refuse settings that are not safe."""

from typing import Final

from django.core import checks
from django.core.management.base import CommandError, CommandParser, OutputWrapper

_SWITCH: Final = "--insecure-test-machine"


def add_test_machine_switch(parser: CommandParser) -> None:
    """Let a command start in spite of what `require_safe_settings` finds."""
    parser.add_argument(
        _SWITCH,
        action="store_true",
        help="start although `check --deploy` complains: for a machine that holds nobody's data",
    )


def require_safe_settings(*, stderr: OutputWrapper, is_test_machine: bool) -> None:
    """Run the checks of `check --deploy`, warnings included, as nobody reads those of a command that runs for months.

    Raise CommandError that names each setting at fault. On a test machine say the same and go on.
    """
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if message.level >= checks.WARNING and not message.is_silenced()
    ]
    if not found:
        return
    text = "The settings are not safe (docs/production.md):\n" + "\n".join(
        f"  {message.msg} ({message.id})" for message in found
    )
    if not is_test_machine:
        raise CommandError(f"{text}\nOn a machine that holds nobody's data, {_SWITCH} starts it all the same.")
    stderr.write(text)

"""The refusal to start a production command with unsafe settings."""

from typing import Final

from django.core import checks
from django.core.management.base import CommandError, CommandParser, OutputWrapper

_SWITCH: Final = "--insecure-test-machine"


def add_test_machine_switch(parser: CommandParser) -> None:
    """Add the option `--insecure-test-machine`, which overrides `require_safe_settings`."""
    parser.add_argument(
        _SWITCH,
        action="store_true",
        help="start although `check --deploy` complains: for a machine that holds nobody's data",
    )


def require_safe_settings(*, stderr: OutputWrapper, is_test_machine: bool) -> None:
    """Run the checks of `manage.py check --deploy`, warnings included, and stop the command if any of them fails.

    Warnings count as errors because nobody reads the warnings of a command that runs for months.

    Raise `CommandError`, which names each unsafe setting. On a test machine, write the same text to `stderr` and
    return.
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

"""Running the programs of the server, and the release's own inside the sandbox of its units."""

import subprocess
import sys
from contextlib import suppress
from typing import Final

from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.layout import Release

# What a release's command is run as, so that one that was left behind by a killed upgrade is found and stopped.
_SANDBOX: Final = "egzaminator-release.service"
# The unit whose sandbox it is, and what a daemon has and a command has not.
_UNIT: Final = "egzaminator-worker@.service"
_OF_A_DAEMON: Final = ("Exec", "Restart", "Type=", "Notify", "Timeout", "Watchdog")
# Lines of a failed program that are shown: enough for the reason and where it arose.
_SHOWN: Final = 15


def say(words: str) -> None:
    """Tell root what happens. It goes on also if the terminal is gone."""
    with suppress(OSError):
        print(words, flush=True)  # noqa: T201 -- it is a program for a terminal


def run(*command: str | object, otherwise: str) -> str:
    """Run a program and return its output. Raise `DeploymentError` with the last lines it wrote if it fails.

    Ctrl-C reaches us alone: a program that changes something ends by itself, or by our death.
    """
    try:
        ended = subprocess.run(  # noqa: S603 -- programs of the system, and the release's own
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
        )
    except OSError as error:
        raise DeploymentError(f"{otherwise}\n  {command[0]}: {error.strerror}") from None
    if ended.returncode:
        last = [f"  {line}" for line in ended.stdout.splitlines() if line.strip()][-_SHOWN:]
        raise DeploymentError("\n".join([otherwise, *last]))
    return ended.stdout


def in_sandbox(release: Release, *arguments: str, otherwise: str, setting: str = "") -> str:
    """Run a release's command as the service's user, with its settings, shut in like its services; as `run` else.

    systemd reads the settings, so that no argument, variable or file of ours has a secret.
    """
    stop_sandbox()
    try:
        return run(
            *("systemd-run", f"--unit={_SANDBOX}", "--wait", "--pipe", "--collect", "--quiet"),
            *(f"--property={line}" for line in _properties(release)),
            *([f"--setenv={setting}"] if setting else []),
            *(release.program, *arguments),
            otherwise=otherwise,
        )
    except BaseException:
        stop_sandbox()
        raise


def stop_sandbox() -> None:
    """Stop a release's command that was begun and not waited for. Its transaction is undone."""
    subprocess.run(  # noqa: S603 -- one of the system's programs
        ["systemctl", "stop", _SANDBOX],  # noqa: S607 -- wherever the system has it
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        start_new_session=True,
    )


def _properties(release: Release) -> list[str]:
    section = (release.deploy / _UNIT).read_text().partition("[Service]\n")[2].partition("\n[")[0]
    return [line for line in section.splitlines() if line and not line.startswith((*_OF_A_DAEMON, "#"))]


def fail(error: DeploymentError) -> None:
    """End the program with the words of an error."""
    sys.exit(f"\n{error}")

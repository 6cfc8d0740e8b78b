"""The project's command line: how its commands start, ask a question, and say in a sentence why they cannot run."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from django.core.management import execute_from_command_line, get_commands
from django.core.management.base import CommandError
from django.db import OperationalError

from egzaminator import __version__
from egzaminator.core.encryption import EncryptionKeyChangedError, IndexKeyChangedError
from egzaminator.core.probes import Level
from egzaminator.runtime.environment import EnvironmentProblemError
from egzaminator.runtime.postgres.errors import EmbeddedServerError

# Commands of Django and of libraries that cannot work here, or make what nothing here uses.
_NOT_HERE: Final = frozenset(
    {
        # Staff are invited and have a second factor; an examiner's password needs its salt and its history.
        "changepassword",
        "createsuperuser",
        "sendtestemail",  # all e-mail goes through the queue
        "account_unsetmultipleprimaryemails",  # allauth's own addresses are not used
        "import_redirects",  # editors keep redirects in the panel
        "startapp",
        "startproject",
        # The tests are pytest's.
        "test",
        "testserver",
        # The schema needs neither extensions nor another engine.
        "convert_mariadb_uuids",
        "enable_fuzzystrmatch",
        "enable_trigram",
        "enable_unaccent",
    }
)


def main() -> None:
    """Run the command that the arguments name, or print the version."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egzaminator.settings")
    if sys.argv[1:] in (["--version"], ["version"]):
        print(f"Egzaminator {__version__}")  # noqa: T201 -- it is what was asked for
        return
    with plain_failures():
        execute_from_command_line(sys.argv)


def remove_useless_commands() -> None:
    """Take the commands that cannot work here out of Django's list, so that they are neither offered nor found."""
    for name in _NOT_HERE:
        get_commands().pop(name, None)


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn errors that an administrator can fix into a sentence on stderr and exit code 1; exit with 130 on Ctrl-C.

    Any other error is a bug in the program and keeps its traceback.
    """
    try:
        yield
    except (EnvironmentProblemError, EmbeddedServerError, EncryptionKeyChangedError, IndexKeyChangedError) as error:
        _exit(str(error))
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) is not None:  # the server answered; a statement failed
            raise
        _exit(f"The database does not answer (DATABASE_URL): {str(error).strip()}")
    except KeyboardInterrupt:
        sys.exit(130)


def _exit(words: str) -> NoReturn:
    if sys.argv[1:2] == ["status"]:  # Nagios reads what is written, and takes 1 for a mere warning
        print(f"UNKNOWN: {words}")  # noqa: T201 -- it is what was asked for
        sys.exit(Level.UNKNOWN)
    sys.exit(words)


def ask_line(question: str) -> str:
    """Ask the person who started a command for a line and return it trimmed.

    Raise `CommandError` if the input has ended.
    """
    try:
        return input(question).strip()
    except EOFError:
        raise CommandError("Nobody answered. Start it in a terminal, or give the answers by its input.") from None

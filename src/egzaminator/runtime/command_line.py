"""How the project's commands ask a question, and report with a sentence, not a traceback, why they cannot run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import OperationalError

from egzaminator.core.encryption import IndexKeyChangedError
from egzaminator.runtime.environment import EnvironmentProblemError
from egzaminator.runtime.postgres.errors import EmbeddedServerError


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn errors that an administrator can fix into a sentence on stderr and exit code 1; exit with 130 on Ctrl-C.

    Any other error is a bug in the program and keeps its traceback.
    """
    try:
        yield
    except (EnvironmentProblemError, EmbeddedServerError, IndexKeyChangedError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) is not None:  # the server answered; a statement failed
            raise
        sys.exit(f"The database does not answer (DATABASE_URL): {str(error).strip()}")
    except KeyboardInterrupt:
        sys.exit(130)


def ask_line(question: str) -> str:
    """Ask the person who started a command for a line and return it trimmed.

    Raise `CommandError` if the input has ended.
    """
    try:
        return input(question).strip()
    except EOFError:
        raise CommandError("Nobody answered. Start it in a terminal, or give the answers by its input.") from None

"""How the project's commands report an environment they cannot run in: with a sentence, not a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

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

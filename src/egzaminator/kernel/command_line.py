"""How the project's commands end when the environment is not as they need it: in words, not in a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError

from egzaminator.kernel.encryption import IndexKeyChangedError
from egzaminator.kernel.environment import EnvironmentProblemError
from egzaminator.kernel.postgres.errors import EmbeddedServerError


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what an administrator can put right into a sentence on stderr and exit code 1.

    Whatever else goes wrong is a fault of the program and keeps its traceback.
    """
    try:
        yield
    except (EnvironmentProblemError, EmbeddedServerError, IndexKeyChangedError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) is not None:  # the server answered; this is about a statement
            raise
        sys.exit(f"The database does not answer (DATABASE_URL): {str(error).strip()}")
    except KeyboardInterrupt:
        sys.exit(130)

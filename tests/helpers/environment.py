"""Sets the environment that the tests run in, before Django's settings are read.

Loaded by `-p tests.helpers.environment` (pyproject.toml). DATABASE_URL, when set, is respected: the suite passes on the
embedded server and on any other. As a program (`python -m tests.helpers.environment COMMAND…`) it runs a
command that needs the settings but no data, such as a type checker.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from pytest_django.plugin import blocking_manager_key

# Names the template database that tests and benchmarks copy, if there is one.
TEMPLATE_VARIABLE = "TESTS_TEMPLATE_DATABASE"

# A process that a shell starts in the background ignores SIGINT, and so would the processes that tests send it to.
signal.signal(signal.SIGINT, signal.default_int_handler)

if "DATA_DIR" not in os.environ or "PYTEST_XDIST_WORKER" not in os.environ:
    # Workers of pytest-xdist inherit the folder, and with it the database server, from their parent.
    _folder = tempfile.mkdtemp(prefix="egzaminator-tests-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["DATA_DIR"] = _folder

os.environ.update(
    SECRET_KEY="the-secret-key-of-the-tests-which-is-no-secret-at-all",
    ENCRYPTION_KEYS="t1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    BLIND_INDEX_KEY="MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    PUBLIC_BASE_URL="http://localhost:8000",
    EMAIL_URL="smtp://127.0.0.1:2525",
    DEMO="0",
    STAFF_SECOND_FACTOR="0",
)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Hold the embedded server from the start, so that it outlives the workers of pytest-xdist.

    Workers connect to it as every other process does. It stops before the folder is removed.
    """
    from django.conf import settings  # noqa: PLC0415 -- reads the environment set above

    from egzaminator.runtime import postgres  # noqa: PLC0415 -- found only once pytest has set the path

    data_dir = settings.DATABASES["default"].get("DATA_DIR")
    if data_dir and "PYTEST_XDIST_WORKER" not in os.environ and not session.config.option.collectonly:
        postgres.hold(Path(data_dir))
        with session.config.stash[blocking_manager_key].unblock():
            _let_a_crash_lose_the_data()


def _let_a_crash_lose_the_data() -> None:
    """Do not wait for the disk at each commit: nothing here has to outlive the machine.

    Servers that single tests start do wait, as those of sites do.
    """
    from django.db import connection  # noqa: PLC0415 -- as above

    with connection.temporary_connection() as cursor:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"ALTER SYSTEM SET {setting} = off")
        cursor.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)

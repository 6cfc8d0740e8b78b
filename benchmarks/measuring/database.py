"""A separate database for a benchmark, on the server that DATABASE_URL names or on the embedded one."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from tests.environment import TEMPLATE_VARIABLE  # importing it sets the environment that the settings are read from


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Set Django up on a new database, collect the static files, and drop the database afterwards.

    If the tests have prepared a template database, it is copied.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "egzaminator.settings"
    os.environ["TRUSTED_PROXY_COUNT"] = "1"
    import django  # noqa: PLC0415 -- the environment must be set before

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- needs Django set up
    from django.db import connection  # noqa: PLC0415 -- needs Django set up
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 -- needs Django set up

    test = connection.settings_dict["TEST"]
    test["NAME"] = f"benchmark_{name}_{os.getpid()}"
    test["TEMPLATE"] = os.environ.get(TEMPLATE_VARIABLE)
    with redirect_stdout(sys.stderr):  # Django prints the names of tables, and stdout is for figures only
        databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
        yield
    finally:
        teardown_databases(databases, verbosity=0)

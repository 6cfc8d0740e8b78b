"""A benchmark's own database, created and dropped on the server of DATABASE_URL or on the embedded one."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from tests.helpers.environment import TEMPLATE_VARIABLE  # importing it sets what the settings are read from


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Set up Django on a new database, with static files collected, and drop the database afterwards.

    If the tests have created a template database, copy that one.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "egzaminator.settings"
    os.environ["TRUSTED_PROXY_COUNT"] = "1"
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- needs Django set up
    from django.db import connection  # noqa: PLC0415 -- needs Django set up
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 -- needs Django set up

    test = connection.settings_dict["TEST"]
    test["NAME"] = f"benchmark_{name}_{os.getpid()}"
    test["TEMPLATE"] = os.environ.get(TEMPLATE_VARIABLE)
    with redirect_stdout(sys.stderr):  # Django tells of tables, and figures alone are printed
        databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
        yield
    finally:
        teardown_databases(databases, verbosity=0)

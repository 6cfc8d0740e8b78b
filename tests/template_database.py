"""One database with every table, that each process of the suite copies: migrating one takes longer than most tests.

Only for runs spread over processes (`-n`); a run in one process makes its only database as Django does.
"""

import os

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import blocking_manager_key

_VARIABLE = "TESTS_TEMPLATE_DATABASE"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make it before the processes start, which inherit its name."""
    if (
        session.config.option.dist == "no"
        or session.config.option.collectonly
        or hasattr(session.config, "workerinput")
    ):
        return
    test = connection.settings_dict["TEST"]
    test["NAME"] = f"test_{connection.settings_dict['NAME']}_template"
    with session.config.stash[blocking_manager_key].unblock():
        made = setup_databases(verbosity=0, interactive=False)
        os.environ[_VARIABLE] = test["NAME"]
        connection.close()  # nobody can copy a database that somebody uses

    def drop() -> None:
        with session.config.stash[blocking_manager_key].unblock():
            teardown_databases(made, verbosity=0)

    session.config.add_cleanup(drop)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Have Django copy it where it would make an empty one."""
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get(_VARIABLE)

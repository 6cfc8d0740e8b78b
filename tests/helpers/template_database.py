"""A template database with every table, copied by each process of the suite: migrating takes longer than most tests.

A run with several processes (`-n`) creates it before they start. A run in one process creates it once a test asks for a
database. The benchmarks that tests start copy it, too.
"""

import os

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import blocking_manager_key

from tests.helpers.environment import TEMPLATE_VARIABLE


def pytest_sessionstart(session: pytest.Session) -> None:
    """Create it before the worker processes start. They inherit its name."""
    is_spread = session.config.option.dist != "no" and not hasattr(session.config, "workerinput")
    if is_spread and not session.config.option.collectonly:
        make_template(session.config)


def make_template(config: pytest.Config) -> None:
    """Create it. It is dropped at the end of the run."""
    test = connection.settings_dict["TEST"]
    own_name, test["NAME"] = test["NAME"], f"test_{connection.settings_dict['NAME']}_template"
    blocker = config.stash[blocking_manager_key]
    with blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        os.environ[TEMPLATE_VARIABLE] = connection.settings_dict["NAME"]
        connection.close()  # a database with open connections cannot be copied
    connection.settings_dict["NAME"], test["NAME"] = made[0][1], own_name

    def drop() -> None:
        with blocker.unblock():
            connection.settings_dict["NAME"] = os.environ.pop(TEMPLATE_VARIABLE)
            teardown_databases(made, verbosity=0)

    config.add_cleanup(drop)

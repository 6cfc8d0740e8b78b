"""This release on the schema of the next one, which is made up: its migration runs while this one serves the site."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.runtime.schema import require_migrations, unknown_migrations
from tests.backup.databases import connect, drop, looking_at, schema_of
from tests.helpers.database_url import database_url
from tests.helpers.environment import TEMPLATE_VARIABLE
from tests.helpers.factories import PASSWORD, PESELS
from tests.helpers.made_up_release import EXPANDING, FAILING, MIGRATION
from tests.helpers.whole_person import whole_person

pytestmark = [pytest.mark.fault, pytest.mark.real_hashes]

PACKAGE = Path(__file__).parents[2] / "src" / "egzaminator"


@pytest.fixture
def database(transactional_db: None) -> Iterator[str]:
    """Return a database with this release's schema and nothing else."""
    name = f"{connection.settings_dict['NAME']}_next"
    drop(name)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{os.environ[TEMPLATE_VARIABLE]}"')
    yield name
    drop(name)


def migrate(database: str, folder: Path, migration: str) -> "subprocess.CompletedProcess[str]":
    """Migrate a database by a next release that has one migration more."""
    shutil.copytree(PACKAGE, folder / "egzaminator", ignore=shutil.ignore_patterns("__pycache__", "static", "locale"))
    (folder / MIGRATION).write_text(migration)
    return subprocess.run(
        [sys.executable, "-c", "from egzaminator.runtime.command_line import main; main()", "migrate", "--no-input"],
        env=os.environ | {"PYTHONPATH": str(folder), "DATABASE_URL": database_url(database)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def smoke() -> None:
    """Do with this release what people do: all that a person may have, pages, a log-in, e-mails."""
    whole_person(keep_forms=True)
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    for path in ("/", "/szukaj/?q=egzamin", "/konto/logowanie/", "/readyz"):
        assert browser.get(path).status_code == 200
    logged_in = browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert (logged_in.status_code, logged_in["Location"]) == (302, "/konto/logowanie/drugi-krok/")
    assert not Email.objects.filter(state=DeliveryState.HELD).exists()


def test_this_release_runs_on_what_the_next_one_adds(database: str, tmp_path: Path) -> None:
    with looking_at(database):
        call_command("load_pages", verbosity=0)
        assert Client().get("/readyz").status_code == 200  # its connection stays

        result = migrate(database, tmp_path, EXPANDING)

        assert result.returncode == 0, result.stderr
        assert unknown_migrations() == ["register.0002_made_up"]
        require_migrations()
        smoke()
    with connect(database) as other:
        found = other.execute("SELECT DISTINCT made_up FROM register_examiner").fetchall()
        assert found == [("made up",)]


def test_a_migration_that_fails_leaves_the_schema_as_it_was(database: str, tmp_path: Path) -> None:
    before = schema_of(database)

    result = migrate(database, tmp_path, FAILING)

    assert result.returncode == 1
    assert 'column "no_such_column" does not exist' in result.stderr
    assert schema_of(database) == before

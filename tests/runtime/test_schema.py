import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from egzaminator.runtime.schema import require_migrations, unknown_migrations

pytestmark = pytest.mark.django_db
OF_0_1 = "DATABASE_URL leads to a database of 0.1, which no later release can read."


def unknown() -> str:
    said = io.StringIO()
    call_command("unknown_migrations", stdout=said)
    return said.getvalue()


def test_of_its_own_migrations_a_release_knows_all() -> None:
    assert unknown_migrations() == []
    assert unknown() == ""


def test_what_a_later_release_did_is_named() -> None:
    MigrationRecorder(connection).record_applied("register", "0007_later")
    MigrationRecorder(connection).record_applied("mail", "0002_later")

    assert unknown() == "mail.0002_later\nregister.0007_later\n"
    require_migrations()  # and forbids nothing: it lets this release run


@pytest.mark.parametrize("app", ["kernel", "pages", "post"])
def test_a_database_of_0_1_is_refused(app: str) -> None:
    MigrationRecorder(connection).record_applied(app, "0001_initial")

    with pytest.raises(CommandError, match=OF_0_1):
        require_migrations()
    with pytest.raises(CommandError, match=OF_0_1):
        call_command("migrate", verbosity=0)

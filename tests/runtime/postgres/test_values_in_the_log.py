"""PostgreSQL quotes the values of a row that breaks a constraint. Its settings say whether its log keeps them."""

import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from egzaminator.core.probes import Level
from egzaminator.mail.models import EmailHold
from egzaminator.runtime.probes.database import check_database_log

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Path:
    """The log of the embedded server. Errors are logged as by a server with PostgreSQL's own defaults."""
    data_dir = settings.DATABASES["default"].get("DATA_DIR")
    if data_dir is None:
        pytest.skip("another server's log is not ours to read")
    return Path(data_dir) / "postgres.log"


def logged(log: Path, **options: str) -> tuple[bool, bool]:
    """Break a constraint. Return whether the log tells of it, and whether the address is in it."""
    email = f"{uuid.uuid4().hex}@example.pl"
    before = log.stat().st_size
    with connection.cursor() as cursor:
        for name, value in options.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
    EmailHold.objects.create(email=email)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmailHold.objects.create(email=email)
    new = log.read_bytes()[before:].decode()
    return "duplicate key value" in new, email in new


def test_the_embedded_server_logs_no_failed_statement(log: Path) -> None:
    assert logged(log) == (False, False)


def test_with_the_setting_that_status_asks_for_a_failed_statement_names_nobody(log: Path) -> None:
    options = {"log_min_messages": "warning", "log_min_error_statement": "error"}
    assert logged(log, **options, log_error_verbosity="verbose") == (True, True)
    assert check_database_log().level is Level.WARNING
    assert logged(log, **options, log_error_verbosity="terse") == (True, False)
    assert check_database_log().level is Level.OK

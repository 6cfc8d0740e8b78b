import datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.retention import delete_old_events
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def event_of(age: datetime.timedelta) -> Event:
    event = record_event(tag=Tag.LOGGED_OUT)
    with connection.cursor() as cursor:  # the database would refuse to change it
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET at = %s WHERE id = %s", [timezone.now() - age, event.id])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    return event


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_the_database_refuses_to_change_an_event() -> None:
    record_event(tag=Tag.LOGGED_OUT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(tag=Tag.LOGIN_SUCCEEDED)


def test_the_database_refuses_to_delete_an_event() -> None:
    record_event(tag=Tag.LOGGED_OUT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()


def test_retention_may_delete_what_is_older_than_any_installation_may_keep_too_short() -> None:
    event_of(731 * DAY)
    kept = [event_of(729 * DAY), event_of(0 * DAY)]
    assert delete_old_events() == 1
    assert set(Event.objects.all()) == set(kept)


@pytest.mark.parametrize("age", [0, 30, 729])
@pytest.mark.parametrize("switch", ["SET LOCAL egzaminator.retention = 'on'", "SET LOCAL egzaminator.retention = 'ON'"])
def test_retentions_switch_opens_nothing_younger(age: int, switch: str) -> None:
    event_of(age * DAY)
    for statement in (
        "DELETE FROM audit_event",
        "UPDATE audit_event SET tag = 'logout', at = now() - interval '9 years'",
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            run(switch, statement)
    assert Event.objects.count() == 1


def test_the_floor_of_the_database_is_the_least_that_the_setting_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that keeps events for less time still cannot delete any of the last two years."""
    assert settings.KEEP_EVENTS_DAYS == 731
    monkeypatch.setattr(settings, "KEEP_EVENTS_DAYS", 1)
    event_of(700 * DAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        delete_old_events()


@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE audit_event", "TRUNCATE audit_event CASCADE", "TRUNCATE register_scope, audit_event CASCADE"],
)
@pytest.mark.parametrize("switch", ["off", "on"])
def test_the_database_refuses_to_empty_the_table(statement: str, switch: str) -> None:
    record_event(tag=Tag.LOGGED_OUT)
    run("SET CONSTRAINTS ALL IMMEDIATE", "ALTER TABLE audit_event ENABLE TRIGGER USER")  # which the tests need off
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"SET LOCAL egzaminator.retention = '{switch}'", statement)
    assert Event.objects.count() == 1


def test_emptying_the_whole_database_is_refused_as_well() -> None:
    record_event(tag=Tag.LOGGED_OUT)
    run("ALTER TABLE audit_event ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="couldn't be flushed"), transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
    assert Event.objects.count() == 1

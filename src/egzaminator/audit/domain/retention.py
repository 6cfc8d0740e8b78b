"""The deletion of old audit events, and the record of what retention deleted."""

import datetime
import logging
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, RetentionDay, ShownPeople, UndecryptableValue
from egzaminator.audit.retention_rules import EVENTS, RULES, RUNS, UNDECRYPTABLE_VALUES, Rule

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 5000
# A file is downloaded within two days after it was begun, and its people are kept as long as the event of that.
_AFTER_THE_FILE: Final = datetime.timedelta(days=2)


def delete_old_events() -> int:
    """Delete the events that are older than `KEEP_EVENTS_DAYS`, and who stood in files of that age.

    Return how many events.

    The database refuses to delete events except in a transaction that declares itself as retention, as this
    function's do.
    """
    _delete_in_batches(ShownPeople.objects.filter(at__lte=EVENTS.before - _AFTER_THE_FILE))
    return _delete_in_batches(Event.objects.filter(at__lte=EVENTS.before))


def _delete_in_batches(rows: QuerySet[Any]) -> int:
    total = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL egzaminator.retention = 'on'")
            count: int
            count, _ = rows.model.objects.filter(id__in=rows.values("id")[:_AT_ONCE]).delete()
        total += count
        if count < _AT_ONCE:
            return total


def delete_old_values() -> int:
    """Delete the undecryptable values that staff have dealt with and nobody has met for 90 days; return how many."""
    met_before = UNDECRYPTABLE_VALUES.before
    count, _ = UndecryptableValue.objects.filter(needs_review=False, last_at__lte=met_before).delete()
    return count


def delete_old_runs() -> int:
    """Delete the record of the runs as old as the events and return how many days of a rule it was."""
    count, _ = RetentionDay.objects.filter(day__lte=timezone.localdate(RUNS.before)).delete()
    return count


# One statement, so that two workers lose no run.
_RECORD: Final = f"""
INSERT INTO {RetentionDay._meta.db_table} AS known (rule, day, runs, deleted, last_at, last_deleted)
VALUES (%(rule)s, %(day)s, 1, %(count)s, %(now)s, %(count)s)
ON CONFLICT (rule, day) DO UPDATE SET
    runs = known.runs + 1,
    deleted = known.deleted + EXCLUDED.deleted,
    last_at = EXCLUDED.last_at,
    last_deleted = EXCLUDED.last_deleted
"""  # noqa: S608, SLF001 -- the table's name is the model's own; every value is a parameter


def record_run(*, rule: Rule, count: int) -> None:
    """Record that a retention rule was carried out, and how many rows it deleted, also if there were none.

    Rows are logged as well, and an audit event reports them if the rule says so.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {"rule": rule.name, "day": timezone.localdate(now), "count": count, "now": now})
    if not count:
        return
    logger.info("Retention deleted %d %s", count, rule.name)
    if rule.is_recorded:
        record_event(tag=Tag.RETENTION_DELETED, details={"what": rule.name, "count": count})


# A job waits for others, and a worker that starts anew takes it up a while later.
_GRACE: Final = datetime.timedelta(hours=2)
RECENTLY: Final = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule, and how it is carried out."""

    rule: Rule
    last: RetentionDay | None
    """The day of the last run; None if there was none."""
    deleted_recently: int
    """How many rows were deleted in the last 30 days."""
    is_late: bool


def rule_states() -> list[RuleState]:
    """Return all rules with their last runs, in the order of the rules. Runs three queries."""
    last = {day.rule: day for day in RetentionDay.objects.order_by("rule", "-day").distinct("rule")}
    recent = RetentionDay.objects.filter(day__gt=timezone.localdate(timezone.now() - RECENTLY))
    deleted = dict(recent.values_list("rule").annotate(total=Coalesce(Sum("deleted"), 0)).order_by())
    known_since = _known_since()
    return [
        RuleState(
            rule=rule,
            last=last.get(rule.name),
            deleted_recently=deleted.get(rule.name, 0),
            is_late=_is_late(rule, last.get(rule.name), known_since),
        )
        for rule in RULES
    ]


def _is_late(rule: Rule, last: RetentionDay | None, known_since: datetime.datetime) -> bool:
    return timezone.now() - (last.last_at if last else known_since) > rule.every + _GRACE


def _known_since() -> datetime.datetime:
    """Return since when rules could have run: the time of the table's migration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations WHERE app = 'audit'")
        (applied,) = cursor.fetchone()
    return applied if isinstance(applied, datetime.datetime) else timezone.now()

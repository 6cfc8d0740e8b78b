"""The recording of audit events."""

import json
import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from django.db.models import F
from django.utils import timezone

from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import LOCATION_LENGTH, Event, StaffText, UndecryptableValue
from egzaminator.core.encrypted_fields import location_and_row
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.statements import Value, change


def record_event(
    *,
    tag: Tag,
    by: Actor = SYSTEM,
    subject: uuid.UUID | None = None,
    case_code: str = "",
    details: Mapping[str, str | int | bool | list[str]] | None = None,
    reason: str | StaffText = "",
) -> Event:
    """Record an audit event in the caller's transaction and return it.

    `by` is who did it and from which IP address. `subject` is whom it concerns: the UUID of an examiner, account or
    claim. `case_code` is set if one was issued. `details` must not contain personal data.

    `reason` is what staff typed: the text, which is then stored apart, encrypted, or one that is stored already. The
    event has only its id. A reason needs a subject.
    """
    if isinstance(reason, str) and reason:
        if subject is None:
            raise ValueError("A reason needs a subject, with whom it is deleted.")
        reason = keep_text(text=reason, subject=subject, by=by)
    event = Event(
        tag=tag,
        actor=by.account_id,
        subject=subject,
        ip=by.ip,
        case_code=case_code,
        details=dict(details or {}),
        staff_text=reason.id if isinstance(reason, StaffText) else None,
    )
    _insert(event)
    return event


# Written by hand: every log-in records two events, and compiling the statement would take longer than running it.
_INSERT: Final = f"""
INSERT INTO {Event._meta.db_table} (id, tag, at, actor, subject, ip, case_code, details, staff_text)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""  # noqa: S608, SLF001 -- the table name comes from the model; every value is a parameter


def _insert(event: Event) -> None:
    whose: list[Value] = [event.id, event.tag, event.at, event.actor, event.subject, event.ip]
    change(_INSERT, [*whose, event.case_code, json.dumps(event.details), event.staff_text])
    event._state.adding = False  # noqa: SLF001 -- as Django's own `save` leaves it


def record_events(
    *, tag: Tag, by: Actor, subjects: Iterable[uuid.UUID], details: Mapping[str, str], reason: StaffText | None
) -> None:
    """Record the same event about several people in the caller's transaction, in one query."""
    Event.objects.bulk_create(
        Event(
            tag=tag,
            actor=by.account_id,
            subject=subject,
            ip=by.ip,
            details=dict(details),
            staff_text=reason.id if reason else None,
        )
        for subject in subjects
    )


logger = logging.getLogger(__name__)


def record_undecryptable(*, context: str, by: Actor = SYSTEM, case_code: str = "") -> Event:
    """Record that a stored value is undecryptable: tampered with, moved to another row, or its key is gone.

    `context` is the one that `UndecryptableError` carries. `by` and `case_code`, the code that was
    shown to the visitor, are given if it happened during a request. The event and the log line name
    the location and the row, never the content.
    """
    location, row = location_and_row(context)
    logger.error("The value of %s in row %s cannot be read", location, row)
    UndecryptableValue.objects.update_or_create(
        location=location[:LOCATION_LENGTH],
        row=str(row or ""),
        defaults={"last_at": timezone.now(), "times": F("times") + 1, "needs_review": True},
        create_defaults={},
    )
    return record_event(
        tag=Tag.VALUE_UNDECRYPTABLE,
        subject=row,
        by=by,
        case_code=case_code,
        details={"location": location, "row": str(row)},
    )


@contextmanager
def undecryptable_recorded() -> Iterator[None]:
    """Abandon the block if a stored value in it is undecryptable, and record that. For jobs, which then go on."""
    try:
        yield
    except UndecryptableError as error:
        record_undecryptable(context=error.context)

"""The record of staff who see what is held about a person: on the person's page, in a list, in a file.

Whoever shows people to staff calls one of these functions before anything is shown: the answer to "whose data did this
account see?" is made of nothing else (`panel/domain/traces.py`).
"""

import uuid
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.register.models import Examiner

Details = Mapping[str, str | int | list[str]]


def record_look(
    *,
    tag: Tag,
    by: Actor,
    subject: uuid.UUID | None,
    details: Details | None = None,
    reason: StaffText | str | None = None,
) -> Event:
    """Record that a staff member looked, and with which roles: owners are told the role and never the name.

    `tag` is one of `LOOKS`, and `subject` the person looked at, if it is one. `reason` is what the staff
    member typed when they asked for it. Return the event.
    """
    roles = list(Group.objects.filter(user=by.account_id).order_by("name").values_list("name", flat=True))
    details = {**(details or {}), "roles": roles}
    return record_event(tag=tag, by=by, subject=subject, details=details, reason=reason or "")


def record_list(*, people: Iterable[uuid.UUID | None], by: Actor, details: Details | None = None) -> None:
    """Record that a staff member sees a page on which these examiners stand: one event, with their ids.

    None among them is somebody who is no examiner.
    """
    record_look(tag=Tag.EXAMINERS_LISTED, by=by, subject=None, details={**(details or {}), **examiners_in(people)})


def examiners_in(people: Iterable[uuid.UUID | None]) -> dict[str, list[str]]:
    """Return the detail of an event that says whom a page showed; nothing if it showed nobody."""
    shown = [str(one) for one in dict.fromkeys(people) if one]
    return {"examiners": shown} if shown else {}


def examiners_named(events: Iterable[Event]) -> list[uuid.UUID]:
    """Return the ids of the examiners whom the journal names in these events, in two queries."""
    ids = {key for event in events for key in (event.actor, event.subject) if key}
    accounts = Account.objects.filter(pk__in=ids, examiner__isnull=False).values_list("examiner_id", flat=True)
    return sorted({*Examiner.objects.filter(pk__in=ids).values_list("pk", flat=True), *filter(None, accounts)})

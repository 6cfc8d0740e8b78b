"""What staff have dealt with in "To be reviewed": each row says whether it waits, and events say who dealt with it."""

import uuid
from typing import Final, Never

from django.db import transaction

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.errors import ReviewedAlreadyError, ReviewOutdatedError
from egzaminator.audit.models import Event, UndecryptableValue

UNDECRYPTABLE: Final = "undecryptable"


def record_review(*, what: str, subject: uuid.UUID | None, by: Actor, **details: str | list[str]) -> None:
    """Record, in the caller's transaction, that a staff member dealt with what waited. `what` names its kind."""
    record_event(tag=Tag.REVIEWED, by=by, subject=subject, details={"what": what, **details})


def raise_reviewed(*, what: str, subject: uuid.UUID | None, **details: str) -> Never:
    """Raise `ReviewedAlreadyError` for what no longer waits, with who dealt with it last."""
    events = Event.objects.filter(tag=Tag.REVIEWED, subject=subject, details__contains={"what": what, **details})
    last = events.order_by("-at").first()
    raise ReviewedAlreadyError(last.actor, last.at) if last else ReviewedAlreadyError


def accept_undecryptable(*, value_id: int, seen: str, by: Actor) -> None:
    """Take an undecryptable value off the list, until it is met again. `seen` is how often the page said it was met.

    Raise `ReviewedAlreadyError` or `ReviewOutdatedError`.
    """
    with transaction.atomic():
        value = UndecryptableValue.objects.select_for_update().get(pk=value_id)
        subject = uuid.UUID(value.row) if value.row else None
        if not value.needs_review:
            raise_reviewed(what=UNDECRYPTABLE, subject=subject, location=value.location)
        if seen != str(value.times):
            raise ReviewOutdatedError
        value.needs_review = False
        value.save(update_fields=["needs_review"])
        record_review(what=UNDECRYPTABLE, subject=subject, by=by, location=value.location)

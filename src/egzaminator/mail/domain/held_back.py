"""E-mails that a restored database had in its queue: they may have been sent before, so a person decides."""

from django.db import transaction
from django.utils import timezone

from egzaminator.mail.domain.queue import DELIVER_TASK
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.runtime.jobs import start_job

_WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)


def hold_back_queue() -> tuple[int, int]:
    """Hold all e-mails of the queue back, and give up those with a one-time link, which must be dead.

    Return how many of each. No worker may be at work.
    """
    waiting = Email.objects.filter(state__in=_WAITING)
    unleased = {"lease": None, "leased_until": None}
    ended = waiting.exclude(link_digests=[]).update(
        state=DeliveryState.REJECTED, cause=Cause.LAPSED, content=None, due_at=timezone.now(), **unleased
    )
    held = waiting.update(state=DeliveryState.HELD, **unleased)
    return held, ended


def count_held_back() -> int:
    """Return how many e-mails are held back. An index holds only those."""
    return Email.objects.filter(state=DeliveryState.HELD).count()


def release_held_back() -> int:
    """Put the e-mails that are held back into the queue again; return how many."""
    with transaction.atomic():
        count = Email.objects.filter(state=DeliveryState.HELD).update(
            state=DeliveryState.QUEUED, due_at=timezone.now(), tried_since=None
        )
        start_job(task=DELIVER_TASK)
    return count


def discard_held_back() -> int:
    """Give the e-mails up that are held back, and erase their contents; return how many."""
    return Email.objects.filter(state=DeliveryState.HELD).update(
        state=DeliveryState.REJECTED, cause=Cause.LAPSED, content=None, due_at=timezone.now()
    )

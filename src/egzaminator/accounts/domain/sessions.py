"""The sessions of an account, listed and ended. How they are stored: `accounts/sessions.py`."""

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.models import Account, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag


def end_sessions(*, account: Account, keep: str | None = None, only: str | None = None) -> int:
    """End the sessions of an account; return how many there were.

    `keep` is the digest of a session to keep; `only` is the digest of the only session to end. An ended session is dead
    at its next request, and a request that it is making now cannot save it.
    """
    ended = Session.objects.filter(account=account)
    if keep is not None:
        ended = ended.exclude(pk=keep)
    if only is not None:
        ended = ended.filter(pk=only)
    with transaction.atomic():
        # Locked first: Django deletes by the keys that it has read, and a session may be changing its key.
        digests = list(ended.select_for_update().order_by("pk").values_list("pk", flat=True))
        Session.objects.filter(pk__in=digests).delete()
    return len(digests)


def end_own_sessions(*, account: Account, keep: str, only: str | None = None, ip: str | None = None) -> int:
    """End sessions of an account as its owner wishes, all the others or only one; return how many.

    `keep` is the digest of the owner's current session, which continues, and `only` is that of the one to end. A
    session that has ended by itself, or is another account's, does not count. The event carries the client's IP
    address.
    """
    with transaction.atomic():
        count = end_sessions(account=account, keep=keep, only=only)
        if count:
            record_event(tag=Tag.SESSIONS_ENDED, by=Actor(account.id, ip), subject=account.id, details={"count": count})
    return count


def list_sessions(*, account: Account, own: str) -> list[Session]:
    """Return the running sessions of an account: the current one first, then by last visit, newest first.

    `own` is the digest of the current session.
    """
    running = Session.objects.filter(account=account, expire_date__gt=timezone.now())
    listed = running.defer("session_data").order_by("-last_seen_at", "session_key")
    return sorted(listed, key=lambda session: session.pk != own)

from django.utils import timezone

from egzaminator.accounts.models import Account, Session


def list_sessions(*, account: Account, own: str) -> list[Session]:
    """Return the running sessions of an account: the current one first, then by last visit, newest first.

    `own` is the digest of the current session.
    """
    running = Session.objects.filter(account=account, expire_date__gt=timezone.now())
    listed = running.defer("session_data").order_by("-last_seen_at", "session_key")
    return sorted(listed, key=lambda session: session.pk != own)

from django.utils import timezone

from egzaminator.accounts.models import Account, Session


def list_sessions(*, account: Account, own: str) -> list[Session]:
    """Give the sessions of an account that have not ended: the one it looks from first, then by their last visit.

    Takes the digest that names the session it looks from.
    """
    running = Session.objects.filter(account=account, expire_date__gt=timezone.now())
    listed = running.defer("session_data").order_by("-last_seen_at", "session_key")
    return sorted(listed, key=lambda session: session.pk != own)

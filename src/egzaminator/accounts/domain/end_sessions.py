from django.db import transaction

from egzaminator.accounts.models import Account, Session


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

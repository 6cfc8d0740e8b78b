from django.db import transaction

from egzaminator.accounts.models import Account, Session


def end_sessions(*, account: Account, keep: str | None = None, only: str | None = None) -> int:
    """End every session of an account; give how many there were.

    Takes the digests that name a session to keep, and the only one to end. An ended session is dead at its next
    request, and what it is doing now cannot save it.
    """
    ended = Session.objects.filter(account=account)
    if keep is not None:
        ended = ended.exclude(pk=keep)
    if only is not None:
        ended = ended.filter(pk=only)
    with transaction.atomic():
        # Locked first: Django deletes by the keys that it found, and a session may be changing its key.
        digests = list(ended.select_for_update().order_by("pk").values_list("pk", flat=True))
        Session.objects.filter(pk__in=digests).delete()
    return len(digests)

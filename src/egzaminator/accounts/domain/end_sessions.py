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
    count, _ = ended.delete()
    return count

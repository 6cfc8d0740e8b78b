from egzaminator.accounts.models import Account


def renew_hash(*, account: Account, renewed: str) -> None:
    """Keep a password that was hashed anew at a log-in, unless it was changed meanwhile.

    Takes the account as it was read before the password was compared. Its other sessions end, as they are bound to the
    hash: once, in the lifetime of a set of parameters.
    """
    if Account.objects.filter(pk=account.pk, password=account.password).update(password=renewed):
        account.password = renewed

from egzaminator.accounts.models import Account


def lock_account(*, account: Account) -> None:
    """Hold an account's row until the caller's transaction ends, so that its factors change one at a time."""
    Account.objects.select_for_update().only("id").get(pk=account.pk)

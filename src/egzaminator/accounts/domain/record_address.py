from egzaminator.accounts.models import Account, ProfileChange


def record_address(*, account: Account, email: str) -> None:
    """Give a locked account another e-mail address, and tell the board of the change, which an examiner owes it.

    Raises IntegrityError when another of the board's staff has the address.
    """
    old, account.email = account.email, email
    account.save(update_fields=["email"])
    if account.is_examiner:
        ProfileChange.objects.create(account=account, field="email", old=old, new=email)

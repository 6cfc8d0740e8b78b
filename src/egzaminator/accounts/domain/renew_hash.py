from egzaminator.accounts.models import Account


def renew_hash(*, account: Account, renewed: str) -> None:
    """Store the renewed hash of a password, unless the password was changed meanwhile; sessions continue.

    A log-in has hashed the same password with current parameters. `account` was read before the password was compared.
    """
    changed = {
        "password": renewed,
        "first_session_hash": account.get_session_auth_hash(),
        "renewed_session_hash": Account(password=renewed).get_session_auth_hash(),
    }
    if Account.objects.filter(pk=account.pk, password=account.password).update(**changed):
        for name, value in changed.items():
            setattr(account, name, value)

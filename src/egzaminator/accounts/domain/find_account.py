from egzaminator.accounts.models import Account
from egzaminator.kernel.text import compact, has_forbidden_characters


def find_account(*, whose: str) -> Account | None:
    """Find whose account it is: by a registration number of the examiner, or a staff member's e-mail address."""
    if has_forbidden_characters(whose):
        return None
    if "@" in whose:
        return Account.objects.filter(examiner__isnull=True, email__iexact=whose).first()
    return Account.objects.filter(examiner__entries__number_key=compact(whose)).first()

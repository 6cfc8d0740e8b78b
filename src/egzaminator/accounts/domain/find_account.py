from egzaminator.accounts.models import Account
from egzaminator.kernel.text import compact, has_forbidden_characters


def find_account(*, whose: str) -> Account | None:
    """Return the account with this registration number or staff e-mail address, or None.

    `whose` is a registration number of an examiner, or the e-mail address of a staff member.
    """
    if has_forbidden_characters(whose):
        return None
    if "@" in whose:
        return Account.objects.filter(examiner__isnull=True, email__iexact=whose).first()
    return Account.objects.filter(examiner__entries__number_key=compact(whose)).first()

from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.models import Account, AddressChange


def known_addresses(*, account: Account) -> list[str]:
    """Give the mailboxes that are or once were the account's, and the register's own, the present one first."""
    made = AddressChange.objects.filter(
        account=account, outcome__in=[AddressOutcome.CONFIRMED, AddressOutcome.RESTORED]
    ).order_by("-closed_at")
    former = [address for pair in made.values_list("new", "old") for address in pair]
    in_register = account.examiner.email if account.examiner else ""
    unique: dict[str, str] = {}
    for address in (account.email, *former, in_register):
        unique.setdefault(address.casefold(), address)
    return [address for address in unique.values() if address]

"""Two records of one person side by side: what stays and what is closed or emptied when they are joined."""

from dataclasses import dataclass

from egzaminator.accounts.models import Account
from egzaminator.records.domain.shown import show_entries
from egzaminator.register.models import Examiner
from egzaminator.staff.models import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two records, with its account."""

    examiner: Examiner
    account: Account | None
    is_kept: bool
    """Whether everything is moved to this record."""
    is_closed: bool = False
    """Whether its account is to be closed."""

    @property
    def entries(self) -> str:
        """The numbers of the entries, each with its state. Runs a query."""
        return show_entries(self.examiner)


def sides_of(act: Act) -> list[Side]:
    """Return both records of a joining that waits, the one that is kept first."""
    sides = [
        Side(
            examiner=account.examiner,
            account=account,
            is_kept=account.examiner_id == act.kept_id,
            is_closed=account.pk == act.closed_account_id,
        )
        for account in act.accounts
        if account.examiner
    ]
    return sorted(sides, key=lambda side: not side.is_kept)

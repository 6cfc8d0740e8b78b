"""What the sections of a person's page have in common, looked up once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from egzaminator.accounts.models import Account
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry, Examiner

_OVER: Final = [ClaimOutcome.ACTIVATED, ClaimOutcome.SUPERSEDED, ClaimOutcome.EXPIRED]


@dataclass(frozen=True)
class Viewed:
    """The person whom a page shows."""

    examiner: Examiner

    @property
    def account(self) -> Account | None:
        """The person's account, or None."""
        return getattr(self.examiner, "account", None)

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries by number, with their decisions."""
        entries = self.examiner.entries.select_related("scope", "examiner").prefetch_related("decisions")
        return list(entries.order_by("number_key"))

    @cached_property
    def claims(self) -> list[Claim]:
        """The saved forms that wait for their activation or were stopped, the latest first."""
        return list(self.examiner.claims.exclude(outcome__in=_OVER).order_by("-created_at"))

    @property
    def open_claims(self) -> list[Claim]:
        """The saved forms that wait for their activation, the latest first."""
        return [claim for claim in self.claims if claim.is_open]

"""Whom a login name belongs to, and what they could log in to or with."""

import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from egzaminator.accounts.domain.accounts import staff_with_email
from egzaminator.accounts.models import Account
from egzaminator.onboarding.models import Claim
from egzaminator.register.domain.examiners import examiners_called, name_key
from egzaminator.register.models import Entry, Examiner

# Looked up in place of an unknown examiner, so that every log-in sends the same queries to the database.
NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class LoginCandidates:
    """The candidates of a log-in: everything that one login name could log in to or with."""

    account_key: str
    """Whom attempts are counted for: the person's id, or the normal form of a name that belongs to nobody."""
    examiner: Examiner | None = None
    account: Account | None = None
    claims: list[Claim] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def hashes(self) -> list[str]:
        """The password hashes to compare with: the account's, or those of the open claims.

        Empty for an account that has never set a password.
        """
        if self.account is None:
            return [claim.password for claim in self.claims]
        return [self.account.password] if self.account.has_usable_password() else []


def find_candidates(*, name: str) -> LoginCandidates:
    """Find whom a login name belongs to, and what they could log in with.

    `name` is a PESEL, a board-issued identifier, or a staff member's e-mail address. The number of queries is the same
    for every name, known or not.
    """
    examiner, account = _find_person(name)
    examiner_id = examiner.id if examiner else NOBODY
    claims = Claim.objects.filter(examiner_id=examiner_id, closed_at__isnull=True, expires_at__gt=timezone.now())
    entries = Entry.objects.filter(examiner_id=examiner_id, examiner__deceased_on__isnull=True)
    person = examiner or account
    return LoginCandidates(
        str(person.id) if person else name_key(name),
        examiner,
        account,
        list(claims.order_by("-created_at")),
        list(entries),
    )


def _find_person(name: str) -> tuple[Examiner | None, Account | None]:
    """Find the person by the same look-ups as everybody else, but in one query that also reads the account."""
    if "@" in name:
        return None, next(iter(staff_with_email(email=name)), None)
    examiner = next(iter(examiners_called(name=name).select_related("account")), None)
    return examiner, getattr(examiner, "account", None)

"""What the processes of `test_records_at_once.py` do."""

import uuid

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.core.pesel import Pesel
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.claims import save_claim
from egzaminator.onboarding.models import Claim
from egzaminator.records.domain import corrections
from egzaminator.records.domain.joining import join_examiners
from egzaminator.records.domain.shown import Shown
from egzaminator.register.models import Entry, Examiner
from tests.helpers.factories import filled_form, make_grant
from tests.records import editing
from tests.records.editing import by_staff


def correct_names(*, examiner: str, surname: str, shown: Shown) -> None:
    corrections.correct_names(
        examiner_id=uuid.UUID(examiner), surname=surname, first_names="Anna", **by_staff(shown=shown)
    )


def correct_pesel(*, examiner: str, pesel: str, shown: Shown) -> None:
    corrections.correct_pesel(examiner_id=uuid.UUID(examiner), pesel=Pesel(pesel), **by_staff(shown=shown))


def strike_off(*, entry: int, shown: Shown) -> None:
    editing.strike_off(Entry.objects.get(pk=entry), shown=shown)


def join(*, kept: str, other: str, shown: Shown) -> None:
    join_examiners(kept_id=uuid.UUID(kept), other_id=uuid.UUID(other), **by_staff(shown=shown))


def activate(*, claim: str, token: str) -> None:
    activate_claim(token=token, password=None, proven_claim=uuid.UUID(claim))


def save(*, examiner: str) -> None:
    """Fill in the form of a first login."""
    found = Examiner.objects.get(pk=examiner)
    save_claim(grant=make_grant(found), form=filled_form(found, email=f"{examiner[:8]}@example.org"))


def token_for(claim: Claim) -> str:
    """Return the token of another activation link."""
    url = issue_link(purpose=LinkPurpose.ACTIVATE, subject=claim.id, email=claim.email, language="pl")
    return url.rstrip("/").rpartition("/")[2]

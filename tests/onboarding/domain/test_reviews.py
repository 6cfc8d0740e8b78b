import uuid

import pytest

from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.errors import ReviewedAlreadyError, ReviewOutdatedError
from egzaminator.audit.models import Event
from egzaminator.onboarding.domain.activation import _create_account
from egzaminator.onboarding.domain.claims import close_claims
from egzaminator.onboarding.domain.reviews import accept_form
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from tests.helpers.factories import PESELS, make_claim, make_examiner
from tests.records.editing import correct_names

pytestmark = pytest.mark.django_db
SOMEBODY = Actor(uuid.UUID(int=1))


def waits(claim: Claim) -> bool:
    claim.refresh_from_db()
    return claim.needs_review


def test_a_form_waits_whose_surname_the_register_has_otherwise() -> None:
    assert not waits(make_claim(make_examiner()))
    Claim.objects.all().delete()
    claim = make_claim(make_examiner(pesel=PESELS[1], numbers=("A/2",), surname="Żak"))
    assert waits(claim)
    accept_form(claim_id=claim.pk, seen="", by=SOMEBODY)
    assert not waits(claim)
    event = Event.objects.get(tag=Tag.REVIEWED)
    assert (event.actor, event.subject, event.details) == (
        SOMEBODY.account_id, claim.examiner_id, {"what": "form", "claim": str(claim.pk)},
    )  # fmt: skip
    with pytest.raises(ReviewedAlreadyError) as caught:
        accept_form(claim_id=claim.pk, seen="", by=Actor(uuid.UUID(int=2)))
    assert caught.value.by == SOMEBODY.account_id


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(ClaimOutcome.STOPPED, True), (ClaimOutcome.EXPIRED, False), (ClaimOutcome.WITHDRAWN, False)],
)
def test_an_ended_form_waits_only_if_its_owner_stopped_it(outcome: ClaimOutcome, expected: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    claim = make_claim(make_examiner(surname="Żak"))
    accept_form(claim_id=claim.pk, seen="", by=SOMEBODY)
    close_claims(claim_ids=[claim.pk], outcome=outcome)
    assert waits(claim) is expected


def test_a_form_that_was_stopped_meanwhile_is_not_accepted_unseen() -> None:
    claim = make_claim(make_examiner(surname="Żak"))
    close_claims(claim_ids=[claim.pk], outcome=ClaimOutcome.STOPPED)
    with pytest.raises(ReviewOutdatedError):
        accept_form(claim_id=claim.pk, seen="", by=SOMEBODY)
    assert waits(claim)


def test_a_correction_of_the_register_ends_the_difference_or_makes_one() -> None:
    examiner = make_examiner(surname="Żak")
    claim = make_claim(examiner)
    correct_names(examiner, surname="Łukasik")
    assert not waits(claim)
    correct_names(examiner, surname="Lis")
    assert waits(claim)
    accept_form(claim_id=claim.pk, seen="", by=SOMEBODY)
    correct_names(examiner, surname="Lis", first_names="Ewa")
    assert not waits(claim)


@pytest.mark.parametrize("is_accepted", [True, False])
def test_what_was_accepted_in_the_form_is_accepted_in_the_account(is_accepted: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    claim = make_claim(make_examiner(surname="Żak"))
    if is_accepted:
        accept_form(claim_id=claim.pk, seen="", by=SOMEBODY)
    claim.refresh_from_db()
    account = _create_account(claim)
    refresh_all_list_keys()
    account.profile.refresh_from_db()
    assert (account.profile.surname_differs_since is None) == is_accepted

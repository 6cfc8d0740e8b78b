"""Staff help with a form at the very moment when its owner, or a colleague, does something with it."""

import uuid
from functools import partial

import pytest

from egzaminator.accounts.errors import LinkUsedError, LinkWithdrawnError, ResendTooSoonError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import correct_email
from egzaminator.onboarding.domain.claims_by_staff import correct_by_staff, resend_by_staff, stop_by_staff
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.errors import ClaimChangedError, ClaimClosedError, EmailUnchangedError
from egzaminator.onboarding.models import Claim
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, make_claim, make_examiner
from tests.helpers.links import mailed_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ANNA, STAFFS, OWNERS = "anna@example.org", "od-komisji@example.org", "od-wlasciciela@example.org"
HELPER = Actor(uuid.uuid4(), "192.0.2.7")


@pytest.fixture
def claim() -> Claim:
    claim = make_claim(make_examiner())
    Claim.objects.update(last_sent_at=None)
    return claim


def activation(claim: Claim) -> partial[Account]:
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    return partial(activate_claim, token=token, password=None, proven_claim=claim.id)


def correction(claim: Claim, email: str = STAFFS) -> partial[None]:
    return partial(correct_by_staff, claim_id=claim.id, email=email, seen=ANNA, reason="Rozmowa", by=HELPER)


def stop(claim: Claim) -> partial[None]:
    return partial(stop_by_staff, claim_id=claim.id, reason="Rozmowa", by=HELPER)


def test_a_resend_never_spoils_an_activation(claim: Claim) -> None:
    activated, resent = at_once(activation(claim), partial(resend_by_staff, claim_id=claim.id, by=HELPER))
    assert activated == Account.objects.get()
    assert resent is None or type(resent) is ClaimClosedError
    assert Event.objects.filter(tag=Tag.CLAIM_RESENT_BY_STAFF).count() == (resent is None)


def test_the_owner_and_staff_who_send_again_send_one_e_mail(claim: Claim) -> None:
    results = at_once(
        partial(resend_activation, claim_id=claim.id), *[partial(resend_by_staff, claim_id=claim.id, by=HELPER)] * 3
    )
    assert results.count(None) == 1
    assert sum(type(result) is ResendTooSoonError for result in results) == 3
    assert Email.objects.count() == 2


def test_a_form_is_stopped_or_activated_never_both(claim: Claim) -> None:
    activated, stopped = at_once(activation(claim), stop(claim))
    claim.refresh_from_db()
    if claim.outcome == ClaimOutcome.ACTIVATED:
        assert (activated, type(stopped)) == (Account.objects.get(), ClaimClosedError)
        assert not Event.objects.filter(tag=Tag.CLAIM_STOPPED_BY_STAFF).exists()
    else:
        assert (claim.outcome, stopped, Account.objects.exists()) == (ClaimOutcome.WITHDRAWN, None, False)
        assert type(activated) in {ClaimClosedError, LinkUsedError, LinkWithdrawnError}


def test_two_clicks_at_once_on_stop_stop_once_and_tell_once(claim: Claim) -> None:
    results = at_once(*[stop(claim)] * 4)
    assert results.count(None) == 1
    assert sum(type(result) is ClaimClosedError for result in results) == 3
    assert Email.objects.filter(kind=EmailKind.CLAIM_WITHDRAWN).count() == 1


def test_staff_do_not_overwrite_what_the_owner_corrects_at_the_same_time(claim: Claim) -> None:
    """If the owner was first, staff are refused. If staff were first, the owner's later word counts."""
    owners = partial(correct_email, claim_id=claim.id, email=OWNERS, password=PASSWORD)
    by_staff, by_owner = at_once(correction(claim), owners)
    assert by_owner is None
    assert by_staff is None or type(by_staff) is ClaimChangedError
    assert Claim.objects.get().email == OWNERS
    assert Event.objects.filter(tag=Tag.CLAIM_CORRECTED_BY_STAFF).count() == (by_staff is None)


def test_two_clicks_at_once_on_one_correction_correct_once(claim: Claim) -> None:
    results = at_once(*[correction(claim)] * 4)
    assert results.count(None) == 1
    assert sum(type(result) is EmailUnchangedError for result in results) == 3
    assert Email.objects.filter(kind=EmailKind.ACTIVATION, email=STAFFS).count() == 1
    assert Email.objects.filter(kind=EmailKind.CLAIM_CORRECTED).count() == 1


def test_two_of_the_staff_who_correct_at_once_do_not_overwrite_each_other(claim: Claim) -> None:
    results = at_once(correction(claim), correction(claim, "druga@example.org"))
    assert results.count(None) == 1
    assert sum(type(result) is ClaimChangedError for result in results) == 1

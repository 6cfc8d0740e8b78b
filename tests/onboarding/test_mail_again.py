import pytest
import time_machine

from egzaminator.onboarding.domain.correct_address import correct_address
from egzaminator.onboarding.domain.resend_activation import resend_activation
from egzaminator.onboarding.errors import (
    CorrectionsUsedUpError,
    MailsUsedUpError,
    ResendTooSoonError,
    WrongPasswordError,
)
from egzaminator.post.models import Message
from tests.factories import PASSWORD, make_claim, make_examiner

pytestmark = pytest.mark.django_db


def test_a_minute_passes_between_two_mails() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        clock.shift(18)
        with pytest.raises(ResendTooSoonError) as caught:
            resend_activation(claim_id=claim.id)
        assert caught.value.seconds == 42
        clock.shift(42)
        resend_activation(claim_id=claim.id)
    assert Message.objects.count() == 2


def test_a_claim_sends_five_times() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        for _ in range(4):
            clock.shift(60)
            resend_activation(claim_id=claim.id)
        clock.shift(60)
        with pytest.raises(MailsUsedUpError):
            resend_activation(claim_id=claim.id)
    assert Message.objects.count() == 5


def test_an_address_is_corrected_three_times() -> None:
    claim = make_claim(make_examiner())
    for number in range(3):
        correct_address(claim_id=claim.id, email=f"a{number}@example.org", password=PASSWORD)
    with pytest.raises(CorrectionsUsedUpError):
        correct_address(claim_id=claim.id, email="a4@example.org", password=PASSWORD)
    claim.refresh_from_db()
    assert claim.address == "a2@example.org"
    assert list(Message.objects.order_by("created_at").values_list("address", flat=True)) == [
        "anna@example.org",
        "a0@example.org",
        "a1@example.org",
        "a2@example.org",
    ]


def test_a_correction_needs_the_password() -> None:
    claim = make_claim(make_examiner())
    with pytest.raises(WrongPasswordError):
        correct_address(claim_id=claim.id, email="a@example.org", password="wrong password here")
    claim.refresh_from_db()
    assert claim.address == "anna@example.org"

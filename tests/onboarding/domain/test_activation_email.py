import pytest
import time_machine

from egzaminator.accounts.errors import ResendTooSoonError, WrongPasswordError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import correct_email
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.errors import CorrectionsUsedUpError
from tests.helpers.factories import PASSWORD, make_claim, make_examiner
from tests.helpers.links import mailed_token

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
    assert Email.objects.count() == 2


def test_a_claim_sends_five_times() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        for _ in range(4):
            clock.shift(60)
            resend_activation(claim_id=claim.id)
        clock.shift(60)
        with pytest.raises(MailsUsedUpError):
            resend_activation(claim_id=claim.id)
    assert Email.objects.count() == 5


def test_an_address_is_corrected_three_times() -> None:
    claim = make_claim(make_examiner())
    for number in range(3):
        correct_email(claim_id=claim.id, email=f"a{number}@example.org", password=PASSWORD)
    with pytest.raises(CorrectionsUsedUpError):
        correct_email(claim_id=claim.id, email="a4@example.org", password=PASSWORD)
    claim.refresh_from_db()
    assert claim.email == "a2@example.org"
    assert list(Email.objects.order_by("created_at").values_list("email", flat=True)) == [
        "anna@example.org",
        "a0@example.org",
        "a1@example.org",
        "a2@example.org",
    ]


def test_a_correction_needs_the_password() -> None:
    claim = make_claim(make_examiner())
    with pytest.raises(WrongPasswordError):
        correct_email(claim_id=claim.id, email="a@example.org", password="wrong password here")
    claim.refresh_from_db()
    assert claim.email == "anna@example.org"


def test_the_known_mailbox_hears_of_a_correction_away_from_it_once() -> None:
    """A stranger saves the form with the owner's address, which causes no notice, and then corrects it to another."""
    claim = make_claim(make_examiner(email="anna@example.org"))
    notify_known_mailboxes()
    assert not Email.objects.filter(kind=EmailKind.CLAIM_NOTICE).exists()
    for number in range(2):
        correct_email(claim_id=claim.id, email=f"stranger{number}@example.org", password=PASSWORD)
        notify_known_mailboxes()
    notices = Email.objects.filter(kind=EmailKind.CLAIM_NOTICE)
    assert list(notices.values_list("email", flat=True)) == ["anna@example.org"]


def test_the_known_mailbox_hears_though_the_strangers_own_is_used_up() -> None:
    for number in range(5):
        make_claim(make_examiner(pesel=None, identifier_key=f"x{number}", numbers=(f"N-{number}",)))
    make_claim(make_examiner(email="known@example.org"))
    notify_known_mailboxes()
    assert list(Email.objects.filter(kind=EmailKind.CLAIM_NOTICE).values_list("email", flat=True)) == [
        "known@example.org"
    ]


def test_guesses_by_the_link_do_not_keep_the_owner_from_correcting() -> None:
    claim = make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, "anna@example.org")
    for _ in range(10):
        with pytest.raises(WrongPasswordError):
            activate_claim(token=token, password="wrong password here")
    correct_email(claim_id=claim.id, email="right@example.org", password=PASSWORD)

import datetime

import pytest
import time_machine

from egzaminator.accounts.errors import (
    LinkExpiredError,
    LinkUnknownError,
    LinkUsedError,
    LinkWithdrawnError,
    WrongPasswordError,
)
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.board import current_board
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import correct_email, stop_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.errors import LimitReachedError
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_claim, make_examiner
from tests.helpers.links import mailed_token, text_of

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"


def test_makes_the_account_from_the_form() -> None:
    examiner = make_examiner()
    claim = make_claim(examiner)
    account = activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)
    assert (account.examiner, account.email, account.is_active, account.is_staff) == (examiner, ANNA, True, False)
    assert Profile.objects.filter(account=account).values(*DETAILS).get() == DETAILS
    claim.refresh_from_db()
    assert claim.outcome == ClaimOutcome.ACTIVATED
    assert log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1") == AccountOpened(account)
    assert set(Event.objects.values_list("tag", flat=True)) == {
        Tag.CLAIM_SAVED,
        Tag.ACCOUNT_ACTIVATED,
        Tag.PASSWORD_ACCEPTED,
    }
    assert list(Email.objects.filter(kind=EmailKind.ACTIVATED).values_list("email", flat=True)) == [ANNA]


def test_another_browser_needs_the_password() -> None:
    make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    for wrong in (None, "", "wrong password here"):
        with pytest.raises(WrongPasswordError):
            activate_claim(token=token, password=wrong)
    assert Account.objects.count() == 0
    assert Event.objects.filter(tag=Tag.ACTIVATION_REFUSED).count() == 3
    assert activate_claim(token=token, password=PASSWORD).email == ANNA


def test_a_strangers_form_in_the_owners_mailbox_cannot_become_an_account() -> None:
    """A stranger knows PESEL and number, and enters the owner's address. The owner clicks without the password."""
    make_claim(make_examiner(), email="owner@example.org", password="the-strangers-own-password")
    with pytest.raises(WrongPasswordError):
        activate_claim(token=mailed_token(EmailKind.ACTIVATION, "owner@example.org"), password=PASSWORD)
    assert Account.objects.count() == 0


def test_having_proven_one_claim_does_not_open_another() -> None:
    examiner = make_examiner()
    mine = make_claim(examiner, email="mine@example.org", password="another-good-password")
    make_claim(examiner)
    with pytest.raises(WrongPasswordError):
        activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=mine.id)


def test_passwords_cannot_be_guessed_for_ever() -> None:
    make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    for _ in range(10):
        with pytest.raises(WrongPasswordError):
            activate_claim(token=token, password="wrong password here")
    with pytest.raises(LimitReachedError):
        activate_claim(token=token, password=PASSWORD)


def test_the_first_activation_closes_the_other_claims() -> None:
    examiner = make_examiner()
    other = make_claim(examiner, email="other@example.org")
    claim = make_claim(examiner)
    other_token = mailed_token(EmailKind.ACTIVATION, "other@example.org")
    activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)
    other.refresh_from_db()
    assert other.outcome == ClaimOutcome.SUPERSEDED
    with pytest.raises(LinkWithdrawnError):
        activate_claim(token=other_token, password=PASSWORD)
    assert Account.objects.count() == 1


def test_a_link_works_once() -> None:
    claim = make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    activate_claim(token=token, password=None, proven_claim=claim.id)
    with pytest.raises(LinkUsedError):
        activate_claim(token=token, password=None, proven_claim=claim.id)


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "ż" * 22])
def test_a_garbled_token_is_unknown(token: str) -> None:
    make_claim(make_examiner())
    with pytest.raises(LinkUnknownError):
        activate_claim(token=token, password=PASSWORD)


def test_a_link_of_another_purpose_is_unknown() -> None:
    make_claim(make_examiner(email="known@example.org"))
    notify_known_mailboxes()
    with pytest.raises(LinkUnknownError):
        activate_claim(token=mailed_token(EmailKind.CLAIM_NOTICE, "known@example.org"), password=PASSWORD)


def test_a_link_expires_after_seven_days_and_the_claim_after_thirty() -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        token = mailed_token(EmailKind.ACTIVATION, ANNA)
        clock.shift(datetime.timedelta(days=7))
        with pytest.raises(LinkExpiredError):
            activate_claim(token=token, password=None, proven_claim=claim.id)
        resend_activation(claim_id=claim.id)
        clock.shift(datetime.timedelta(days=6))
        account = activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)
        assert account.email == ANNA


def test_an_expired_claim_is_over_though_its_link_is_young() -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        clock.shift(datetime.timedelta(days=29))
        resend_activation(claim_id=claim.id)
        clock.shift(datetime.timedelta(days=1))
        with pytest.raises(ClaimClosedError):
            activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)


def test_earlier_links_to_the_same_mailbox_live_on() -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        first = mailed_token(EmailKind.ACTIVATION, ANNA)
        clock.shift(61)
        resend_activation(claim_id=claim.id)
        assert mailed_token(EmailKind.ACTIVATION, ANNA) != first
        assert activate_claim(token=first, password=None, proven_claim=claim.id).email == ANNA


def test_a_corrected_address_kills_the_old_link() -> None:
    claim = make_claim(make_examiner())
    old = mailed_token(EmailKind.ACTIVATION, ANNA)
    correct_email(claim_id=claim.id, email="right@example.org", password=PASSWORD)
    with pytest.raises(LinkWithdrawnError):
        activate_claim(token=old, password=None, proven_claim=claim.id)
    new = mailed_token(EmailKind.ACTIVATION, "right@example.org")
    assert activate_claim(token=new, password=None, proven_claim=claim.id).email == "right@example.org"


def test_a_stopped_claim_is_over() -> None:
    claim = make_claim(make_examiner(email="known@example.org"))
    notify_known_mailboxes()
    stop_claim(token=mailed_token(EmailKind.CLAIM_NOTICE, "known@example.org"))
    claim.refresh_from_db()
    assert claim.outcome == ClaimOutcome.STOPPED
    with pytest.raises(LinkWithdrawnError):
        activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)
    assert Claim.objects.filter(closed_at__isnull=True).count() == 0
    notice = Email.objects.get(kind=EmailKind.CLAIM_STOPPED)
    assert notice.email == current_board().email
    assert "Anna Maria Łukasik" in text_of(notice)


def test_the_known_mailbox_hears_of_the_activation_too() -> None:
    claim = make_claim(make_examiner(email="known@example.org"))
    notify_known_mailboxes()
    activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)
    mailboxes = Email.objects.filter(kind=EmailKind.ACTIVATED).values_list("email", flat=True)
    assert set(mailboxes) == {ANNA, "known@example.org"}

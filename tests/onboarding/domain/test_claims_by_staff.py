import datetime
import itertools
import uuid

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.domain.links import find_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError, ResendTooSoonError, WrongPasswordError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.claims import form_now, stop_claim
from egzaminator.onboarding.domain.claims_by_staff import CORRECTIONS, correct_by_staff, resend_by_staff, stop_by_staff
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.enums import ClaimOutcome, FormNow
from egzaminator.onboarding.errors import (
    ClaimChangedError,
    ClaimClosedError,
    CorrectionsUsedUpError,
    EmailUnchangedError,
)
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, make_claim, make_examiner
from tests.helpers.links import mailed_token, text_of
from tests.helpers.staff_texts import reason_of

pytestmark = pytest.mark.django_db
ANNA, NEW, KNOWN = "anna@example.org", "nowa@example.org", "znana@example.org"
HELPER = Actor(uuid.uuid4(), "192.0.2.7")


def correct(claim: Claim, email: str = NEW, *, seen: str = ANNA) -> None:
    correct_by_staff(claim_id=claim.id, email=email, seen=seen, reason="Rozmowa, data decyzji", by=HELPER)


def stop(claim: Claim) -> None:
    stop_by_staff(claim_id=claim.id, reason="Wypełnił ktoś inny", by=HELPER)


def let_a_minute_pass() -> None:
    Claim.objects.update(last_sent_at=None)


def told(kind: EmailKind) -> list[str]:
    return sorted(Email.objects.filter(kind=kind).values_list("email", flat=True))


def test_an_e_mail_sent_again_is_recorded_with_who_did_it() -> None:
    claim = make_claim(make_examiner())
    let_a_minute_pass()
    resend_by_staff(claim_id=claim.id, by=HELPER)
    assert Email.objects.filter(kind=EmailKind.ACTIVATION, email=ANNA).count() == 2
    event = Event.objects.get(tag=Tag.CLAIM_RESENT_BY_STAFF)
    assert (event.actor, event.subject, event.details) == (
        HELPER.account_id,
        claim.examiner_id,
        {"claim": str(claim.id)},
    )


def test_staff_send_no_more_than_the_owner_may() -> None:
    claim = make_claim(make_examiner())
    with pytest.raises(ResendTooSoonError):
        resend_by_staff(claim_id=claim.id, by=HELPER)
    Claim.objects.update(sends=MOST_SENDS, last_sent_at=None)
    with pytest.raises(MailsUsedUpError) as reached:
        resend_by_staff(claim_id=claim.id, by=HELPER)
    assert (reached.value.limit, reached.value.seconds) == ("claim", None)
    assert Email.objects.count() == 1
    assert not Event.objects.filter(tag=Tag.CLAIM_RESENT_BY_STAFF).exists()


def test_a_cap_says_which_it_is_and_for_how_long_it_holds() -> None:
    examiner = make_examiner()
    with time_machine.travel(timezone.now(), tick=False):
        claims = [make_claim(examiner) for _ in range(5)]
        Claim.objects.update(last_sent_at=None)
        with pytest.raises(MailsUsedUpError) as reached:
            resend_by_staff(claim_id=claims[0].id, by=HELPER)
    assert (reached.value.limit, reached.value.seconds) == ("mail.mailbox", 24 * 60 * 60)


def test_a_correction_moves_the_link_and_tells_both_other_mailboxes() -> None:
    claim = make_claim(make_examiner(email=KNOWN))
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    correct(claim)
    claim.refresh_from_db()
    assert (claim.email, claim.corrections, claim.needs_notice) == (NEW, 0, True)
    with pytest.raises(LinkWithdrawnError):
        find_link(purpose=LinkPurpose.ACTIVATE, token=token)
    assert told(EmailKind.ACTIVATION) == [ANNA, NEW]
    assert told(EmailKind.CLAIM_CORRECTED) == [ANNA, KNOWN]
    assert all(NEW not in text_of(email) for email in Email.objects.filter(kind=EmailKind.CLAIM_CORRECTED))
    event = Event.objects.get(tag=Tag.CLAIM_CORRECTED_BY_STAFF)
    assert (event.actor, event.subject, reason_of(event)) == (
        HELPER.account_id,
        claim.examiner_id,
        "Rozmowa, data decyzji",
    )
    assert NEW not in str(event.details)


def test_the_known_mailbox_can_still_stop_what_a_caller_had_corrected() -> None:
    claim = make_claim(make_examiner(email=ANNA))  # at first the form has the mailbox that the register knows
    notify_known_mailboxes()
    assert told(EmailKind.CLAIM_NOTICE) == []
    correct(claim)
    notify_known_mailboxes()
    stop_claim(token=mailed_token(EmailKind.CLAIM_NOTICE, ANNA))
    assert Claim.objects.get().outcome == ClaimOutcome.STOPPED


def test_the_corrected_mailbox_alone_makes_no_account() -> None:
    claim = make_claim(make_examiner())
    correct(claim)
    token = mailed_token(EmailKind.ACTIVATION, NEW)
    with pytest.raises(WrongPasswordError):
        activate_claim(token=token, password="zgaduje-haslo-cudze")
    assert activate_claim(token=token, password=PASSWORD).email == NEW


@pytest.mark.parametrize("email", [ANNA, ANNA.upper()])
def test_a_correction_that_was_made_already_sends_nothing(email: str) -> None:
    claim = make_claim(make_examiner())
    with pytest.raises(EmailUnchangedError):
        correct(claim, email, seen="dawna@example.org")
    assert Email.objects.count() == 1


def test_a_correction_that_staff_have_not_seen_is_not_overwritten() -> None:
    claim = make_claim(make_examiner())
    with pytest.raises(ClaimChangedError):
        correct(claim, seen="dawna@example.org")
    assert (Claim.objects.get().email, Email.objects.count()) == (ANNA, 1)


def test_staff_help_whoever_used_up_their_own_corrections_and_have_their_own_limit() -> None:
    claim = make_claim(make_examiner())
    Claim.objects.update(corrections=3, sends=0)
    addresses = [ANNA, *[f"a{number}@example.org" for number in range(CORRECTIONS.most)]]
    for old, new in itertools.pairwise(addresses):
        correct(claim, new, seen=old)
    with pytest.raises(CorrectionsUsedUpError):
        correct(claim, "inna@example.org", seen=addresses[-1])
    assert Claim.objects.get().email == addresses[-1]


def test_a_correction_stands_even_if_no_e_mail_may_be_sent() -> None:
    claim = make_claim(make_examiner())
    Claim.objects.update(sends=MOST_SENDS)
    with pytest.raises(MailsUsedUpError):
        correct(claim)
    assert Claim.objects.get().email == NEW
    assert Event.objects.filter(tag=Tag.CLAIM_CORRECTED_BY_STAFF).count() == 1
    assert told(EmailKind.CLAIM_CORRECTED) == [ANNA]


def test_a_stopped_form_makes_no_account_and_another_may_be_filled_in() -> None:
    examiner = make_examiner(email=KNOWN)
    claim = make_claim(examiner)
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    stop(claim)
    assert Claim.objects.get().outcome == ClaimOutcome.WITHDRAWN
    assert form_now(claim_id=claim.id) is FormNow.WITHDRAWN
    with pytest.raises(LinkWithdrawnError):
        activate_claim(token=token, password=PASSWORD)
    assert told(EmailKind.CLAIM_WITHDRAWN) == [ANNA, KNOWN]
    event = Event.objects.get(tag=Tag.CLAIM_STOPPED_BY_STAFF)
    assert (event.actor, reason_of(event)) == (HELPER.account_id, "Wypełnił ktoś inny")

    make_claim(examiner, email=NEW)
    activate_claim(token=mailed_token(EmailKind.ACTIVATION, NEW), password=PASSWORD)
    assert Account.objects.get().email == NEW


def test_nothing_is_done_to_a_form_that_has_ended() -> None:
    claim = make_claim(make_examiner())
    with time_machine.travel(timezone.now() + datetime.timedelta(days=31)):
        with pytest.raises(ClaimClosedError):
            resend_by_staff(claim_id=claim.id, by=HELPER)
        with pytest.raises(ClaimClosedError):
            correct(claim)
        with pytest.raises(ClaimClosedError):
            stop(claim)
    assert Email.objects.count() == 1

import datetime

import pytest
import time_machine

from egzaminator.accounts.models import Link
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Priority
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.claims import MOST_OPEN, save_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.errors import AccountExistsError
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import DETAILS, filled_form, make_account, make_claim, make_examiner, make_grant

pytestmark = pytest.mark.django_db


def test_keeps_the_form_and_queues_one_mail() -> None:
    examiner = make_examiner()
    grant = make_grant(examiner)
    claim = save_claim(grant=grant, form=filled_form(examiner), ip="192.0.2.1")
    assert (claim.examiner, claim.grant_id, claim.email) == (examiner, grant.id, "anna@example.org")
    assert claim.details == DETAILS
    assert b"Poz" not in bytes(Claim.objects.get().details_encrypted)
    assert claim.surname_differs is False
    message = Email.objects.get()
    assert (message.kind, message.email, message.recipient_name, message.priority, message.related_id) == (
        EmailKind.ACTIVATION,
        "anna@example.org",
        "Anna Łukasik",
        Priority.ACCESS,
        claim.id,
    )
    assert Event.objects.get(tag=Tag.CLAIM_SAVED).details == {"claim": str(claim.id)}


def test_saving_twice_in_one_scope_gives_the_same_claim() -> None:
    examiner = make_examiner()
    grant = make_grant(examiner)
    first = save_claim(grant=grant, form=filled_form(examiner))
    second = save_claim(grant=grant, form=filled_form(examiner, email="other@example.org"))
    assert first == second
    assert Email.objects.count() == 1


def test_is_refused_when_the_account_is_active() -> None:
    examiner = make_examiner()
    make_account(examiner)
    with pytest.raises(AccountExistsError):
        make_claim(examiner)
    assert Claim.objects.count() == 0


def test_a_surname_that_differs_is_accepted_and_flagged() -> None:
    examiner = make_examiner(surname="Nowak")
    assert make_claim(examiner).surname_differs is True


def test_a_surname_that_differs_by_capitals_only_is_not_flagged() -> None:
    examiner = make_examiner(surname="ŁUKASIK")
    assert make_claim(examiner).surname_differs is False


def test_the_known_mailbox_hears_when_the_form_names_another() -> None:
    make_claim(make_examiner(email="known@example.org"))
    assert notify_known_mailboxes() == 1
    assert notify_known_mailboxes() == 0
    assert set(Email.objects.values_list("kind", "email", "recipient_name")) == {
        (EmailKind.ACTIVATION, "anna@example.org", "Anna Łukasik"),
        (EmailKind.CLAIM_NOTICE, "known@example.org", "Anna Maria Łukasik"),
    }


def test_the_known_mailbox_does_not_hear_of_itself() -> None:
    make_claim(make_examiner(email="Anna@Example.org"))
    notify_known_mailboxes()
    assert list(Email.objects.values_list("kind", flat=True)) == [EmailKind.ACTIVATION]


def test_of_too_many_claims_the_oldest_that_was_never_mailed_gives_way() -> None:
    """Only ten a day are mailed, so that someone who saves many forms displaces their own."""
    examiner = make_examiner()
    claims = [make_claim(examiner, email=f"a{number}@example.org") for number in range(MOST_OPEN + 1)]
    closed = Claim.objects.exclude(outcome="")
    assert list(closed.values_list("id", "outcome")) == [(claims[10].id, ClaimOutcome.SUPERSEDED)]


def test_of_too_many_mailed_claims_the_oldest_gives_way() -> None:
    examiner = make_examiner()
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        claims = []
        for number in range(MOST_OPEN + 1):
            claims.append(make_claim(examiner, email=f"a{number}@example.org"))
            clock.shift(datetime.timedelta(hours=3))
    closed = Claim.objects.exclude(outcome="")
    assert list(closed.values_list("id", "outcome")) == [(claims[0].id, ClaimOutcome.SUPERSEDED)]
    assert Link.objects.filter(subject=claims[0].id, withdrawn_at__isnull=True).count() == 0


def test_the_sixth_mail_of_a_day_to_one_mailbox_is_not_sent_but_the_form_is_kept() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        for pesel in range(6):
            make_claim(make_examiner(pesel=None, identifier_key=f"x{pesel}", numbers=(f"N-{pesel}",)))
    assert Claim.objects.count() == 6
    assert Email.objects.count() == 5
    assert Event.objects.get(tag=Tag.MAIL_CAPPED).details == {"limit": "mail.mailbox"}


def test_the_eleventh_mail_of_a_day_about_one_examiner_is_not_sent() -> None:
    examiner = make_examiner()
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        for number in range(11):
            make_claim(examiner, email=f"a{number}@example.org")
    assert Email.objects.count() == 10
    assert Event.objects.get(tag=Tag.MAIL_CAPPED).details == {"limit": "mail.examiner"}

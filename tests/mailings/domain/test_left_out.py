"""Whom nobody writes to any more: left out, and named, when a mailing begins, when it is sent, and in every repeat."""

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.domain.account_state import close
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.queue import lease_emails
from egzaminator.mail.models import Email, EmailHold
from egzaminator.mailings.domain.contents import make_contents
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.sending import begin_due, send_again
from egzaminator.mailings.enums import LeftOut, MailingState, RecipientState
from egzaminator.mailings.models import Mailing
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_account, make_examiner, make_staff
from tests.helpers.mail import queue
from tests.helpers.receiver import Receiver
from tests.mailings.writing import press, work, write

pytestmark = pytest.mark.django_db
ANNA = "anna@example.pl"


def die() -> None:
    Examiner.objects.update(deceased_on=timezone.localdate(), deceased_marked_at=timezone.now())


def close_the_account() -> None:
    close(account=Account.objects.get(email=ANNA))


def hold() -> None:
    EmailHold.objects.create(email=ANNA)


REASONS = pytest.mark.parametrize(
    ("happen", "reason"), [(die, LeftOut.DECEASED), (close_the_account, LeftOut.CLOSED), (hold, LeftOut.ON_HOLD)]
)


@pytest.fixture
def officer() -> Account:
    make_account(make_examiner(email="former@example.pl"), email=ANNA)
    return make_staff(roles=[Role.RECORDS])


def check(mailing: Mailing, reason: LeftOut, mailbox: Receiver) -> None:
    mailing.refresh_from_db()
    recipient = mailing.recipients.get()
    assert (recipient.state, recipient.left_out) == (RecipientState.LEFT_OUT, reason)
    assert (mailing.state, mailing.counts) == (MailingState.FINISHED, {"left-out": 1, "read": 0})
    assert (mailbox.received, Email.objects.filter(kind="mailing").count()) == ([], 0)


@REASONS
def test_before_it_begins(mailbox: Receiver, officer: Account, happen: Callable[[], None], reason: LeftOut) -> None:
    now = timezone.now()
    mailing = press(write(officer), officer, starts_at=now + datetime.timedelta(hours=1))
    happen()
    with time_machine.travel(now + datetime.timedelta(hours=1), tick=False):
        assert work() == 0
    check(mailing, reason, mailbox)


@REASONS
def test_after_it_was_queued(mailbox: Receiver, officer: Account, happen: Callable[[], None], reason: LeftOut) -> None:
    mailing = press(write(officer), officer)
    begin_due()
    assert Email.objects.get(kind="mailing").email == ANNA
    happen()
    assert work() == 0
    check(mailing, reason, mailbox)


@REASONS
def test_in_a_repeat(mailbox: Receiver, officer: Account, happen: Callable[[], None], reason: LeftOut) -> None:
    mailbox.answer("RCPT", ANNA, "550 5.1.1 User unknown")
    mailing = press(write(officer), officer)
    work()
    assert mailing.recipients.get().state == RecipientState.REFUSED
    happen()
    Email.objects.all().delete()
    send_again(mailing_id=mailing.pk, shown=1, by=Actor(officer.pk))
    assert work() == 0
    check(mailing, reason, mailbox)


def test_whoever_has_just_got_it_is_not_named_as_left_out(mailbox: Receiver, officer: Account) -> None:
    mailing = press(write(officer), officer)
    begin_due()
    assert deliver_due() == 1
    die()
    settle_open()
    assert mailing.recipients.get().state == RecipientState.HANDED_OVER


def test_whose_e_mail_is_being_sent_is_not_judged_meanwhile(officer: Account) -> None:
    mailing = press(write(officer), officer)
    begin_due()
    assert list(make_contents(lease_emails(most=1)).values()) != [None]
    die()
    settle_open()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.recipients.get().state) == (MailingState.SENDING, RecipientState.WAITING)


def test_an_activation_queued_behind_a_mailing_leaves_first(mailbox: Receiver, officer: Account) -> None:
    press(write(officer), officer)
    begin_due()
    queue("nowa@example.pl")
    assert deliver_due() == 2
    assert mailbox.recipients == ["nowa@example.pl", ANNA]


def test_a_queued_row_has_what_the_model_gives_a_new_one(officer: Account) -> None:
    press(write(officer), officer)
    begin_due()
    email = Email.objects.get(kind="mailing")
    named = {"id", "kind", "related_id", "email", "recipient_name", "subject", "priority", "message_id", "due_at"}
    fresh = Email(created_at=email.created_at)
    columns = {field.attname for field in Email._meta.concrete_fields} - named  # noqa: SLF001 -- Django documents `_meta`
    assert {name: getattr(email, name) for name in columns} == {name: getattr(fresh, name) for name in columns}
    assert email.due_at == email.created_at

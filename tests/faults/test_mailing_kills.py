"""A worker, or a request, is killed before every single thing that it asks the database or the mail server for.

Whatever was killed, everybody gets the mailing once or is named as missed; at most what was in flight comes twice, with
the same Message-ID.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email, EmailHold
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.sending import begin_due, cancel, pause, resume, send_again
from egzaminator.mailings.enums import MailingState, RecipientState
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.killing import dies_before_step
from tests.helpers.receiver import Receiver
from tests.mailings.writing import press, work, write

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
REACHED = ["anna@example.pl", "jan@example.pl"]
LEFT_OUT = "on-hold@example.pl"


@pytest.fixture
def officer() -> Account:
    officer = make_staff(roles=[Role.RECORDS])
    for index, email in enumerate([*REACHED, LEFT_OUT]):
        make_examiner(pesel=PESELS[index], numbers=(f"A/{index}",), surname="Lis", email=email)
    EmailHold.objects.create(email=LEFT_OUT)
    return officer


def mailings(officer: Account) -> Iterator[Mailing]:
    """Send one mailing after another, each with an empty queue and nothing kept of the one before."""
    while True:
        Email.objects.all().delete()
        Mailing.objects.all().delete()
        yield press(write(officer), officer)


def go_on() -> None:
    """Do what other workers do once the leases of a dead one have ended."""
    Email.objects.filter(state=DeliveryState.SENDING).update(leased_until=timezone.now())
    settle_open()
    work()


def check(mailing: Mailing, mailbox: Receiver, *, most_repeated: int) -> None:
    """Check that everybody has got it, each with one Message-ID, that the page says so, and forget it."""
    mailing.refresh_from_db()
    assert mailing.state == MailingState.FINISHED
    assert mailing.counts == {RecipientState.HANDED_OVER: 2, RecipientState.LEFT_OUT: 1, "read": 0}
    ids = {received.email["Message-ID"]: received.recipient for received in mailbox.received}
    assert sorted(ids.values()) == REACHED
    repeated = Counter(mailbox.recipients) - Counter(REACHED)
    assert repeated.total() <= most_repeated
    mailbox.received.clear()


def kill_at_each_step(
    mailbox: Receiver, officer: Account, *, before: Callable[[], object], act: Callable[[], object], repeated: int
) -> int:
    """Kill `act` at each of its steps, each time with a new mailing. Return how many they are."""
    for step, mailing in enumerate(mailings(officer), start=1):
        before()
        was_killed = dies_before_step(step, act)
        go_on()
        check(mailing, mailbox, most_repeated=repeated)
        if not was_killed:
            return step
    raise AssertionError


def test_killed_while_it_begins(mailbox: Receiver, officer: Account) -> None:
    assert kill_at_each_step(mailbox, officer, before=lambda: None, act=begin_due, repeated=0) > 10


def test_killed_while_it_leases_makes_contents_sends_and_records(mailbox: Receiver, officer: Account) -> None:
    """Both e-mails may be accepted before the first result is recorded: they are a group of 20 ms."""
    assert kill_at_each_step(mailbox, officer, before=begin_due, act=deliver_due, repeated=2) > 20


def test_killed_while_somebody_is_left_out(mailbox: Receiver, officer: Account) -> None:
    def hold_later() -> None:
        EmailHold.objects.all().delete()
        begin_due()
        EmailHold.objects.create(email=LEFT_OUT)

    assert kill_at_each_step(mailbox, officer, before=hold_later, act=deliver_due, repeated=2) > 20


def test_killed_while_results_are_taken_over(mailbox: Receiver, officer: Account) -> None:
    def send() -> None:
        begin_due()
        assert deliver_due() == 2

    assert kill_at_each_step(mailbox, officer, before=send, act=settle_open, repeated=0) > 5


@pytest.mark.parametrize("act", [pause, cancel])
def test_killed_while_it_is_stopped(mailbox: Receiver, officer: Account, act: Callable[..., None]) -> None:
    by = Actor(officer.pk)
    for step, mailing in enumerate(mailings(officer), start=1):
        begin_due()
        was_killed = dies_before_step(step, lambda mailing=mailing: act(mailing_id=mailing.pk, by=by))  # type: ignore[misc]  # a default
        mailing.refresh_from_db()
        queued = Email.objects.count()
        if mailing.state == MailingState.SENDING:  # all of it or nothing
            assert (was_killed, queued) == (True, 2)
        else:
            assert queued == 0
            go_on()
            assert mailbox.received == []
        if mailing.state == MailingState.PAUSED:
            resume(mailing_id=mailing.pk, by=by)
        go_on()
        if mailing.state == MailingState.CANCELLED:
            assert mailing.counts == {RecipientState.CANCELLED: 2, RecipientState.LEFT_OUT: 1, "read": 0}
            assert mailbox.received == []
        else:
            check(mailing, mailbox, most_repeated=0)
        if not was_killed:
            break


def test_killed_while_it_is_let_on(mailbox: Receiver, officer: Account) -> None:
    by = Actor(officer.pk)
    for step, mailing in enumerate(mailings(officer), start=1):
        begin_due()
        pause(mailing_id=mailing.pk, by=by)
        was_killed = dies_before_step(step, lambda mailing=mailing: resume(mailing_id=mailing.pk, by=by))  # type: ignore[misc]  # a default
        mailing.refresh_from_db()
        if mailing.state == MailingState.PAUSED:
            assert was_killed
            resume(mailing_id=mailing.pk, by=by)
        go_on()
        check(mailing, mailbox, most_repeated=0)
        if not was_killed:
            break


def test_killed_while_it_is_sent_again(mailbox: Receiver, officer: Account) -> None:
    by = Actor(officer.pk)
    for step, mailing in enumerate(mailings(officer), start=1):
        work()
        was_killed = dies_before_step(
            step,
            lambda mailing=mailing: send_again(mailing_id=mailing.pk, shown=1, by=by),  # type: ignore[misc]  # a default
        )
        go_on()
        check(mailing, mailbox, most_repeated=0)
        assert Recipient.objects.get(state=RecipientState.LEFT_OUT).rounds in {0, 1}
        if not was_killed:
            break


def test_killed_while_the_button_is_pressed(mailbox: Receiver, officer: Account) -> None:
    for step in range(1, 100):
        Email.objects.all().delete()
        Mailing.objects.all().delete()
        mailing = write(officer)
        was_killed = dies_before_step(step, lambda mailing=mailing: press(mailing, officer))  # type: ignore[misc]  # a default
        mailing.refresh_from_db()
        with transaction.atomic():
            people = Recipient.objects.count()
        assert people == (0 if mailing.state == MailingState.DRAFT else 3)
        if mailing.state == MailingState.DRAFT:
            assert was_killed
            press(mailing, officer)
        go_on()
        check(mailing, mailbox, most_repeated=0)
        if not was_killed:
            break

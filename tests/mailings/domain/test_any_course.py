"""Whatever happens to a mailing, in any order: without a kill nobody gets it twice, and all are named at the end."""

import datetime
from collections import Counter
from collections.abc import Callable

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from egzaminator.accounts.domain.account_state import close
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.queue import lease_emails
from egzaminator.mail.domain.render import mailbox_in_ascii
from egzaminator.mail.domain.return_path import return_path_of
from egzaminator.mail.domain.smtp_connection import MailConnection
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email, EmailHold, Outage
from egzaminator.mailings.domain.contents import make_contents
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.sending import begin_due, cancel, pause, resume, send_again
from egzaminator.mailings.enums import MISSED, MailingState, RecipientState
from egzaminator.mailings.errors import NobodyError, NotNowError
from egzaminator.mailings.models import Mailing
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.receiver import ANYBODY, DROP, TAKE_AND_DROP, Receiver
from tests.helpers.reports import report
from tests.mailings.domain.test_relay_answers import PERMANENT, TEMPORARY
from tests.mailings.writing import press, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START = datetime.datetime(2026, 11, 27, 9, 54, tzinfo=datetime.UTC)
ADDRESSES = ["anna@example.pl", "jan@example.pl", "ewa@example.pl"]
REPLIES = ["550 5.1.1 User unknown", "554 5.6.0 No", "550 5.7.1 Relaying denied"]
REPLIES += [f"{code} No" for code in (*TEMPORARY, *PERMANENT)]
TO_ONE, TO_ALL = ("RCPT", "DATA", "CONTENT"), ("connect", "MAIL")
ANSWERS = [(stage, reply) for stage in (*TO_ONE, *TO_ALL) for reply in (*REPLIES, DROP)]
ANSWERS += [("EHLO", reply) for reply in REPLIES]
answers = st.one_of(st.sampled_from([("CONTENT", "250 Fine"), ("CONTENT", TAKE_AND_DROP)]), st.sampled_from(ANSWERS))
people = st.sampled_from(range(len(ADDRESSES)))


class Course(RuleBasedStateMachine):
    """One mailing to three people, one of them with an account."""

    mailbox: Receiver

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.mailbox.received.clear()
        self.mailbox.forget_answers()
        self.officer = make_staff(roles=[Role.RECORDS])
        self.examiners = [
            make_examiner(pesel=PESELS[index], numbers=(f"A/{index}",), email=email)
            for index, email in enumerate(ADDRESSES)
        ]
        make_account(self.examiners[0], email=ADDRESSES[0])
        self.mailing = press(write(self.officer), self.officer)
        self.unsure = Counter[str]()
        """How often the content of an e-mail was handed over without a recorded answer, by its Message-ID."""
        self.returned: set[str] = set()

    @property
    def by(self) -> Actor:
        return Actor(self.officer.pk)

    @rule()
    def begin(self) -> None:
        begin_due()

    @rule(times=st.integers(1, 2))
    def take_results_over(self, times: int) -> None:
        for _ in range(times):
            settle_open()

    @rule(person=people, answer=answers)
    def deliver(self, person: int, answer: tuple[str, str]) -> None:
        stage, reply = answer
        kept_out = {email for email in ADDRESSES if self._is_kept_out(email)}
        before = len(self.mailbox.received)
        self.mailbox.answer(stage, ADDRESSES[person] if stage in TO_ONE else ANYBODY, reply)
        deliver_due()
        self.mailbox.forget_answers()
        for received in self.mailbox.received[before:]:
            assert received.recipient not in kept_out
            if reply == TAKE_AND_DROP and received.recipient == ADDRESSES[person]:
                self.unsure[str(received.email["Message-ID"])] += 1

    @rule()
    def die_with_a_lease(self) -> None:
        lease_emails(most=2)

    @rule()
    def die_with_contents(self) -> None:
        if messages := lease_emails(most=2):
            make_contents(messages)

    @rule()
    def die_before_the_results_are_recorded(self) -> None:
        messages = lease_emails(most=2)
        contents = make_contents(messages) if messages else {}
        with MailConnection() as connection, connection.limited_to(60):
            for message in messages:
                if content := contents[message.id]:
                    path = return_path_of(row_id=message.id, email=message.email)
                    recipient = mailbox_in_ascii(message.email) or ""
                    assert connection.send(path=path, recipient=recipient, content=content).is_accepted
                    self.unsure[str(self.mailbox.received[-1].email["Message-ID"])] += 1

    @rule(minutes=st.sampled_from([3, 90]))
    def wait(self, minutes: int) -> None:
        self.time.shift(datetime.timedelta(minutes=minutes))

    @rule(act=st.sampled_from([pause, resume, cancel]))
    def stop_or_let_on(self, act: Callable[..., None]) -> None:
        states: dict[Callable[..., None], set[MailingState]] = {
            pause: {MailingState.PLANNED, MailingState.SENDING},
            resume: {MailingState.PAUSED},
            cancel: {MailingState.PLANNED, MailingState.SENDING, MailingState.PAUSED},
        }
        is_allowed = Mailing.objects.get().state in states[act]
        try:
            act(mailing_id=self.mailing.pk, by=self.by)
        except NotNowError:
            assert not is_allowed
        else:
            assert is_allowed

    @rule()
    def repeat(self) -> None:
        missed = self.mailing.recipients.filter(state__in=MISSED).count()
        try:
            send_again(mailing_id=self.mailing.pk, shown=missed, by=self.by)
        except NotNowError:
            assert Mailing.objects.get().state != MailingState.FINISHED
        except NobodyError:
            assert not missed

    @rule(person=people)
    def come_back(self, person: int) -> None:
        email = Email.objects.filter(email=ADDRESSES[person], state=DeliveryState.ACCEPTED).first()
        if email is not None:
            take_report(report(email))
            self.returned.add(email.message_id)

    @rule(person=people)
    def hold_or_free(self, person: int) -> None:
        _, is_new = EmailHold.objects.get_or_create(email=ADDRESSES[person])
        if not is_new:
            EmailHold.objects.filter(email=ADDRESSES[person]).delete()

    @rule(person=people)
    def die_or_be_a_mistake(self, person: int) -> None:
        examiner = Examiner.objects.get(pk=self.examiners[person].pk)
        is_dead = examiner.deceased_on is not None
        Examiner.objects.filter(pk=examiner.pk).update(
            deceased_on=None if is_dead else timezone.localdate(),
            deceased_marked_at=None if is_dead else timezone.now(),
        )

    @rule()
    def close_the_account(self) -> None:
        account = Account.objects.filter(examiner=self.examiners[0]).exclude(state="closed").first()
        if account is not None:
            close(account=account)

    @invariant()
    def nobody_gets_it_twice_without_a_kill(self) -> None:
        ids = Counter(str(received.email["Message-ID"]) for received in self.mailbox.received)
        for message_id, times in ids.items():
            assert times <= 1 + self.unsure[message_id]
        kept = Counter(
            recipient
            for message_id, recipient in {
                (str(received.email["Message-ID"]), received.recipient) for received in self.mailbox.received
            }
            if message_id not in self.returned and not self.unsure[message_id]
        )
        assert all(times == 1 for times in kept.values())

    @invariant()
    def there_is_one_row_a_person(self) -> None:
        mailing = Mailing.objects.get()
        assert mailing.recipients.count() == len(ADDRESSES)
        assert sum(count for state, count in mailing.counts.items() if state != "read") == len(ADDRESSES)
        open_rows = Email.objects.exclude(state__in=[DeliveryState.ACCEPTED, DeliveryState.REJECTED])
        assert max(Counter(open_rows.values_list("email", flat=True)).values(), default=0) <= 1

    def teardown(self) -> None:
        try:
            self._end()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)
            self.clock.stop()

    def _end(self) -> None:
        if Mailing.objects.get().state == MailingState.PAUSED:
            resume(mailing_id=self.mailing.pk, by=self.by)
        for _ in range(4):
            self.time.shift(datetime.timedelta(hours=2))
            begin_due()
            deliver_due()
            settle_open()
        self.nobody_gets_it_twice_without_a_kill()
        self.there_is_one_row_a_person()
        mailing = Mailing.objects.get()
        assert mailing.state in {MailingState.FINISHED, MailingState.CANCELLED}
        assert mailing.counts == dict(Counter(mailing.recipients.values_list("state", flat=True))) | {"read": 0}
        received = {str(one.email["Message-ID"]) for one in self.mailbox.received}
        for recipient in mailing.recipients.all():
            message_id = f"<{recipient.email_id.hex}@localhost>"
            assert recipient.state != RecipientState.WAITING
            if recipient.state in {RecipientState.HANDED_OVER, RecipientState.CAME_BACK}:
                assert message_id in received
                assert (recipient.state == RecipientState.CAME_BACK) == (message_id in self.returned)
            elif not self.unsure[message_id]:
                assert message_id not in received
        for outage in Outage.objects.all():
            assert not Email.objects.filter(accepted_at__gt=outage.began_at).exists()

    def _is_kept_out(self, email: str) -> bool:
        examiner = Examiner.objects.get(pk=self.examiners[ADDRESSES.index(email)].pk)
        account = Account.objects.filter(examiner=examiner).first()
        is_closed = account is not None and account.state == "closed"
        return is_closed or examiner.deceased_on is not None or EmailHold.objects.filter(email=email).exists()


def test_any_course_ends_rightly(mailbox: Receiver) -> None:
    Course.mailbox = mailbox
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

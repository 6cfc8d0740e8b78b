import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.mail.domain.queue import lease_emails
from egzaminator.mail.models import Email, EmailHold
from egzaminator.mailings.domain.contents import make_contents
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.sending import begin_due, cancel, pause, plan, resume, send_again
from egzaminator.mailings.enums import LeftOut, MailingKind, MailingState, RecipientState
from egzaminator.mailings.errors import MailingChangedError, NobodyError, NotNowError, PeopleChangedError
from egzaminator.mailings.models import Mailing, Preference
from egzaminator.panel.domain.recipient_rows import describe_recipients
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.receiver import Receiver
from tests.helpers.reports import report
from tests.mailings.writing import press, states_of, work, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def anna() -> Examiner:
    return make_examiner(email="anna@example.pl", numbers=("A/1", "A/2"))


@pytest.fixture
def jan(anna: Examiner) -> Examiner:
    return make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Lis", first_names="Jan", email="jan@example.pl")


def reload(mailing: Mailing) -> Mailing:
    mailing.refresh_from_db()
    return mailing


def test_each_person_gets_one_however_many_entries_they_have(
    mailbox: Receiver, officer: Account, anna: Examiner, jan: Examiner
) -> None:
    make_account(jan, email="jan.lis@example.org")
    mailing = press(write(officer), officer)

    assert work() == 2

    assert sorted(mailbox.recipients) == ["anna@example.pl", "jan.lis@example.org"]  # the account's is confirmed
    assert reload(mailing).state == MailingState.FINISHED
    assert states_of(mailing) == {"Łukasik": RecipientState.HANDED_OVER, "Lis": RecipientState.HANDED_OVER}
    assert mailing.counts == {"handed-over": 2, "read": 0}
    texts = {received.recipient: received.body("plain") for received in mailbox.received}
    assert texts["anna@example.pl"].startswith("Szanowny Panie,\r\n\r\nzapraszamy na szkolenie.")
    assert texts["jan.lis@example.org"].startswith("Szanowny Panie,")


def test_who_has_no_address_is_named_and_the_rest_get_it(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Lis")
    mailing = press(write(officer), officer)
    work()
    assert states_of(mailing) == {"Łukasik": RecipientState.HANDED_OVER, "Lis": RecipientState.NO_EMAIL}
    assert reload(mailing).state == MailingState.FINISHED


def test_who_died_or_turned_it_off_by_the_time_is_left_out(
    mailbox: Receiver, officer: Account, anna: Examiner, jan: Examiner
) -> None:
    mailing = press(write(officer, kind=MailingKind.INFORMATIONAL), officer)
    Examiner.objects.filter(pk=anna.pk).update(deceased_on=timezone.localdate(), deceased_marked_at=timezone.now())
    Preference.objects.create(examiner=jan, informational_off_at=timezone.now())
    assert work() == 0
    assert dict(mailing.recipients.values_list("examiner__surname", "left_out")) == {
        "Łukasik": LeftOut.DECEASED,
        "Lis": LeftOut.TURNED_OFF,
    }
    assert reload(mailing).state == MailingState.FINISHED


def test_an_official_one_goes_to_who_turned_informational_ones_off(
    mailbox: Receiver, officer: Account, anna: Examiner
) -> None:
    Preference.objects.create(examiner=anna, informational_off_at=timezone.now())
    press(write(officer), officer)
    assert work() == 1


def test_who_died_after_it_was_queued_is_left_out_too(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    mailbox.answer("RCPT", "anna@example.pl", "451 4.3.0 Later")
    mailing = press(write(officer), officer)
    work()
    assert states_of(mailing) == {"Łukasik": RecipientState.WAITING}
    Examiner.objects.update(deceased_on=timezone.localdate(), deceased_marked_at=timezone.now())
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2), tick=False):
        work()
    assert (mailbox.received, states_of(mailing)) == ([], {"Łukasik": RecipientState.LEFT_OUT})
    assert not Email.objects.exists()


def test_the_recipients_are_those_of_the_moment_of_the_button(
    mailbox: Receiver, officer: Account, anna: Examiner
) -> None:
    mailing = press(write(officer), officer)
    make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Lis", email="jan@example.pl")
    work()
    assert mailbox.recipients == ["anna@example.pl"]
    assert reload(mailing).people == 1


def test_another_number_of_people_is_shown_again(officer: Account, anna: Examiner) -> None:
    mailing = write(officer)
    with pytest.raises(PeopleChangedError) as changed:
        plan(
            mailing_id=mailing.pk,
            version=1,
            people=Examiner.objects.all(),
            shown=2,
            starts_at=None,
            by=Actor(officer.pk),
        )
    assert changed.value.count == 1
    assert (reload(mailing).state, mailing.recipients.count()) == (MailingState.DRAFT, 0)


def test_a_draft_that_was_changed_meanwhile_or_sent_already_is_not_sent(officer: Account, anna: Examiner) -> None:
    mailing = write(officer)
    mailing.version = 2
    with pytest.raises(MailingChangedError):
        press(mailing, officer)
    press(reload(mailing), officer)
    with pytest.raises(NotNowError):
        press(mailing, officer)
    assert mailing.recipients.count() == 1


def test_nobody_is_no_recipient(officer: Account) -> None:
    with pytest.raises(NobodyError):
        press(write(officer), officer)


def test_a_planned_one_starts_at_its_time(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    now = timezone.now()
    mailing = press(write(officer), officer, starts_at=now + datetime.timedelta(days=1))
    assert (work(), reload(mailing).state) == (0, MailingState.PLANNED)
    with time_machine.travel(now + datetime.timedelta(days=1), tick=False):
        assert (work(), reload(mailing).state) == (1, MailingState.FINISHED)


def test_to_many_it_starts_after_ten_minutes(
    officer: Account, anna: Examiner, monkeypatch: pytest.MonkeyPatch, mailbox: Receiver
) -> None:
    monkeypatch.setattr("egzaminator.mailings.domain.sending.AT_ONCE", 0)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        press(write(officer), officer)
        assert work() == 0
    with time_machine.travel(now + datetime.timedelta(minutes=10), tick=False):
        assert work() == 1


def test_stopped_and_let_on_it_goes_to_each_once(
    mailbox: Receiver, officer: Account, anna: Examiner, jan: Examiner
) -> None:
    mailbox.answer("RCPT", "jan@example.pl", "451 4.3.0 Later")
    mailing = press(write(officer), officer)
    assert work() == 1
    pause(mailing_id=mailing.pk, by=Actor(officer.pk))
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1), tick=False):
        assert (work(), reload(mailing).state) == (0, MailingState.PAUSED)
        resume(mailing_id=mailing.pk, by=Actor(officer.pk))
        assert (work(), reload(mailing).state) == (1, MailingState.FINISHED)
    assert sorted(mailbox.recipients) == ["anna@example.pl", "jan@example.pl"]


def test_cancelled_it_goes_to_nobody_more(mailbox: Receiver, officer: Account, anna: Examiner, jan: Examiner) -> None:
    mailbox.answer("RCPT", "jan@example.pl", "451 4.3.0 Later")
    mailing = press(write(officer), officer)
    work()
    cancel(mailing_id=mailing.pk, by=Actor(officer.pk))
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1), tick=False):
        assert work() == 0
    assert states_of(mailing) == {"Łukasik": RecipientState.HANDED_OVER, "Lis": RecipientState.CANCELLED}
    assert reload(mailing).counts == {"handed-over": 1, "cancelled": 1, "read": 0}
    for act in (pause, resume, cancel):
        with pytest.raises(NotNowError):
            act(mailing_id=mailing.pk, by=Actor(officer.pk))


def test_sent_again_it_goes_to_whoever_it_has_not_reached(
    mailbox: Receiver, officer: Account, anna: Examiner, jan: Examiner
) -> None:
    make_examiner(pesel=PESELS[2], numbers=("C/1",), surname="Nowak")
    mailbox.answer("RCPT", "jan@example.pl", "550 5.1.1 User unknown")
    mailing = press(write(officer), officer)
    work()
    assert states_of(mailing) == {
        "Łukasik": RecipientState.HANDED_OVER,
        "Lis": RecipientState.REFUSED,
        "Nowak": RecipientState.NO_EMAIL,
    }
    with pytest.raises(PeopleChangedError):
        send_again(mailing_id=mailing.pk, shown=3, by=Actor(officer.pk))
    send_again(mailing_id=mailing.pk, shown=2, by=Actor(officer.pk))
    assert work() == 1
    assert mailbox.recipients == ["anna@example.pl", "jan@example.pl"]
    assert states_of(mailing) == {
        "Łukasik": RecipientState.HANDED_OVER,
        "Lis": RecipientState.HANDED_OVER,
        "Nowak": RecipientState.NO_EMAIL,
    }


def test_what_came_back_is_not_reached(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    mailing = press(write(officer), officer)
    work()
    email = Email.objects.get(pk=mailing.recipients.get().email_id)
    take_report(report(email))
    settle_open()
    assert states_of(mailing) == {"Łukasik": RecipientState.CAME_BACK}
    with override("pl"):
        (row,) = describe_recipients(list(mailing.recipients.select_related("examiner")))
    assert row.why == "nie ma takiej skrzynki"
    assert reload(mailing).counts == {"came-back": 1, "read": 0}
    EmailHold.objects.all().delete()
    send_again(mailing_id=mailing.pk, shown=1, by=Actor(officer.pk))
    assert work() == 1
    ids = [received.email["Message-ID"] for received in mailbox.received]
    assert len(set(ids)) == 2


def test_an_address_on_hold_is_left_out(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    EmailHold.objects.create(email="anna@example.pl")
    mailing = press(write(officer), officer)
    assert (work(), mailing.recipients.get().left_out) == (0, LeftOut.ON_HOLD)


def test_what_a_leaver_planned_is_stopped_at_once(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    make_staff(email="szef@oke.example", roles=[Role.ADMINISTRATOR])
    mailing = press(write(officer), officer, starts_at=timezone.now() + datetime.timedelta(days=1))
    end_member(member=officer, by=SYSTEM)
    assert reload(mailing).state == MailingState.PAUSED


def test_who_may_not_send_any_more_starts_nothing(mailbox: Receiver, officer: Account, anna: Examiner) -> None:
    mailing = press(write(officer), officer)
    change_roles(member=officer, roles=[Role.EDITOR], by=SYSTEM)
    assert (work(), reload(mailing).state) == (0, MailingState.PAUSED)
    colleague = make_staff(email="iga@oke.example", roles=[Role.RECORDS])
    resume(mailing_id=mailing.pk, by=Actor(colleague.pk))
    assert work() == 1


def test_the_contents_take_as_many_queries_for_many_as_for_one(
    mailbox: Receiver, officer: Account, anna: Examiner
) -> None:
    def count() -> int:
        press(write(officer), officer)
        begin_due()
        with CaptureQueriesContext(connection) as queries:
            assert len(make_contents(lease_emails(most=10))) == Examiner.objects.count()
        return len(queries)

    before = count()
    Email.objects.all().delete()
    for index in (1, 2):
        make_examiner(pesel=PESELS[index], numbers=(f"B/{index}",), surname="Lis", email=f"b{index}@example.pl")
    assert count() == before

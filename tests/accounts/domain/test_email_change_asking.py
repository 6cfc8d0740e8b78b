"""A change of address is asked for, sent again, cancelled or left to lapse."""

from functools import partial

import pytest
import time_machine

from egzaminator.accounts.domain.email_change import (
    EMAIL_CHANGES,
    cancel_email_change,
    confirm_email,
    pending_email_change,
    resend_email_change,
)
from egzaminator.accounts.domain.reauthentication import BURST
from egzaminator.accounts.errors import (
    ChangeClosedError,
    ChangesUsedUpError,
    LinkExpiredError,
    LinkWithdrawnError,
    ResendTooSoonError,
    WrongPasswordError,
)
from egzaminator.accounts.models import Account, EmailChange, ProfileChange
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS, TO_ONE_MAILBOX
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.rate_limits.errors import LimitReachedError
from tests.accounts.email_changes import DAY, NEW, OLD, OTHER, ask, confirm, outcomes, tags, take_over
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PESELS, make_account, make_examiner
from tests.helpers.links import mailed_token, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_asking_writes_to_both_mailboxes_and_changes_nothing(account: Account) -> None:
    change = ask(account)
    assert pending_email_change(account=account) == change
    assert set(Email.objects.values_list("kind", "email", "related_id")) == {
        (EmailKind.NEW_EMAIL, NEW, account.id),
        (EmailKind.EMAIL_CHANGE_ASKED, OLD, account.id),
    }
    account.refresh_from_db()
    assert account.email == OLD
    assert ProfileChange.objects.count() == 0
    assert tags() == {Tag.IDENTITY_CONFIRMED, Tag.EMAIL_CHANGE_ASKED}


def test_the_present_mailbox_learns_where_to_but_no_stranger_there_could_write(account: Account) -> None:
    ask(account)
    notice = text_of(Email.objects.get(kind=EmailKind.EMAIL_CHANGE_ASKED))
    assert "n•••@example.org" in notice
    assert NEW not in notice


def test_the_new_mailbox_reads_the_name_that_the_examiner_gave(account: Account) -> None:
    ask(account)
    message = Email.objects.get(kind=EmailKind.NEW_EMAIL)
    assert message.recipient_name == "Anna Łukasik"
    assert "Maria" not in text_of(message)


def test_a_wrong_password_asks_for_nothing_and_is_recorded(account: Account) -> None:
    with pytest.raises(WrongPasswordError):
        ask(account, password="wrong password here")
    assert (Email.objects.count(), EmailChange.objects.count()) == (0, 0)
    assert tags() == {Tag.IDENTITY_REFUSED}


def test_passwords_are_tried_five_times_in_five_minutes(account: Account, clock: time_machine.Traveller) -> None:
    for _ in range(BURST.most):
        with pytest.raises(WrongPasswordError):
            ask(account, password="wrong password here")
    with pytest.raises(LimitReachedError):
        ask(account)
    clock.shift(BURST.period)
    ask(account)


def test_a_password_changed_meanwhile_asks_for_nothing(account: Account) -> None:
    stale = Account.objects.get(pk=account.pk)
    account.set_password("another password altogether")
    account.save()
    with pytest.raises(WrongPasswordError):
        ask(stale)
    assert EmailChange.objects.count() == 0


def test_another_request_takes_the_place_of_the_first_whose_link_dies(account: Account) -> None:
    ask(account)
    first = mailed_token(EmailKind.NEW_EMAIL, NEW)
    ask(account, OTHER)
    with pytest.raises(LinkWithdrawnError):
        confirm_email(token=first, password=None, proven_account=account.id)
    assert outcomes() == [(OLD, NEW, "superseded"), (OLD, OTHER, "")]


def test_three_changes_a_day(account: Account, clock: time_machine.Traveller) -> None:
    for number in range(EMAIL_CHANGES.most):
        ask(account, f"n{number}@example.org")
    with pytest.raises(ChangesUsedUpError):
        ask(account)
    assert Email.objects.filter(kind=EmailKind.EMAIL_CHANGE_ASKED).count() == 3
    clock.shift(DAY)
    ask(account)


def test_past_the_days_mails_to_a_mailbox_the_change_waits_unsent_and_the_present_one_hears(
    clock: time_machine.Traveller,
) -> None:
    for index in range(2):
        person = make_account(make_examiner(pesel=PESELS[index], numbers=(f"A-{index}",)), email=f"p{index}@x.pl")
        for _ in range(EMAIL_CHANGES.most if index == 0 else TO_ONE_MAILBOX.most - EMAIL_CHANGES.most):
            ask(person)
    with pytest.raises(MailsUsedUpError):
        ask(person)
    assert Email.objects.filter(kind=EmailKind.NEW_EMAIL).count() == TO_ONE_MAILBOX.most
    assert Email.objects.filter(kind=EmailKind.EMAIL_CHANGE_ASKED).count() == TO_ONE_MAILBOX.most + 1
    change = pending_email_change(account=person)
    assert change is not None
    assert change.sends == 0
    assert Tag.MAIL_CAPPED in tags()


def test_an_address_of_another_examiner_is_taken_like_any(account: Account) -> None:
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email=NEW)
    take_over(account)
    assert account.email == NEW


def test_sends_again_after_a_minute_and_both_links_work(account: Account, clock: time_machine.Traveller) -> None:
    ask(account)
    first = mailed_token(EmailKind.NEW_EMAIL, NEW)
    clock.shift(18)
    with pytest.raises(ResendTooSoonError) as too_soon:
        resend_email_change(account=account)
    assert too_soon.value.seconds == 42
    clock.shift(42)
    resend_email_change(account=account)
    assert mailed_token(EmailKind.NEW_EMAIL, NEW) != first
    confirm_email(token=first, password=None, proven_account=account.id)
    with pytest.raises(LinkWithdrawnError):
        confirm(account)
    assert Email.objects.filter(kind=EmailKind.EMAIL_CHANGE_ASKED).count() == 1


def test_sends_five_times_at_most(account: Account, clock: time_machine.Traveller) -> None:
    ask(account)
    for _ in range(MOST_SENDS - 1):
        clock.shift(60)
        resend_email_change(account=account)
    clock.shift(60)
    with pytest.raises(MailsUsedUpError):
        resend_email_change(account=account)
    assert Email.objects.filter(kind=EmailKind.NEW_EMAIL).count() == MOST_SENDS


def test_a_cancelled_change_is_over(account: Account) -> None:
    ask(account)
    cancel_email_change(account=account)
    with pytest.raises(LinkWithdrawnError):
        confirm(account)
    with pytest.raises(ChangeClosedError):
        resend_email_change(account=account)
    with pytest.raises(ChangeClosedError):
        cancel_email_change(account=account)
    assert outcomes() == [(OLD, NEW, "cancelled")]
    assert tags() == {Tag.IDENTITY_CONFIRMED, Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGE_CANCELLED}


def test_a_change_waits_three_days(account: Account, clock: time_machine.Traveller) -> None:
    ask(account)
    clock.shift(3 * DAY)
    assert pending_email_change(account=account) is None
    with pytest.raises(LinkExpiredError):
        confirm(account)
    with pytest.raises(ChangeClosedError):
        cancel_email_change(account=account)
    ask(account)


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_leave_one_waiting() -> None:
    account = make_account(make_examiner(), email=OLD)
    results = at_once(*[partial(ask, account, f"n{number}@example.org") for number in range(3)])
    assert {type(result) for result in results} == {EmailChange}
    assert EmailChange.objects.filter(closed_at__isnull=True).count() == 1

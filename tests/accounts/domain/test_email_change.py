"""A change of address: requested, confirmed, undone, and every way in which it is refused."""

import datetime
import itertools
from collections.abc import Iterator
from functools import partial

import pytest
import time_machine

from egzaminator.accounts.domain.email_change import (
    EMAIL_CHANGES,
    cancel_email_change,
    confirm_email,
    pending_email_change,
    request_email_change,
    resend_email_change,
)
from egzaminator.accounts.domain.freezing import freeze_by_link, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.domain.reauthentication import BURST, BY_LINK
from egzaminator.accounts.domain.retention import delete_ended_email_changes
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import (
    ChangeClosedError,
    ChangesUsedUpError,
    EmailTakenError,
    LinkExpiredError,
    LinkUsedError,
    LinkWithdrawnError,
    ResendTooSoonError,
    WrongPasswordError,
)
from egzaminator.accounts.models import Account, EmailChange, ProfileChange
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS, TO_ONE_MAILBOX
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.rate_limits.errors import LimitReachedError
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.links import mailed_token, text_of

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = "anna@example.org", "nowa@example.org", "inna@example.org"
START = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def account(clock: time_machine.Traveller) -> Account:
    return make_account(make_examiner(), email=OLD)


def ask(account: Account, email: str = NEW, password: str = PASSWORD) -> EmailChange:
    return request_email_change(account=account, email=email, password=password)


def confirm(account: Account, email: str = NEW) -> Account:
    return confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, email), password=None, proven_account=account.id)


def take_over(account: Account, email: str = NEW) -> None:
    """Change the address, as anyone who knows the password can."""
    ask(account, email)
    confirm(account, email)
    account.refresh_from_db()


def freezing_link(mailbox: str, kind: EmailKind = EmailKind.EMAIL_CHANGED) -> str:
    return mailed_token(kind, mailbox)


def outcomes() -> list[tuple[str, str, str]]:
    return list(EmailChange.objects.order_by("asked_at", "closed_at").values_list("old", "new", "outcome"))


def tags() -> set[str]:
    return set(Event.objects.values_list("tag", flat=True))


# Asking -------------------------------------------------------------------------------------------------------------


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


# Sending again, cancelling ------------------------------------------------------------------------------------------


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


# Confirming ---------------------------------------------------------------------------------------------------------


def test_confirming_changes_the_address_and_tells_the_former_mailbox_and_the_board(account: Account) -> None:
    ask(account)
    assert confirm(account).email == NEW
    assert set(Email.objects.values_list("kind", "email")) == {
        (EmailKind.NEW_EMAIL, NEW),
        (EmailKind.EMAIL_CHANGE_ASKED, OLD),
        (EmailKind.EMAIL_CHANGED, OLD),
    }
    assert list(ProfileChange.objects.values_list("field", "old", "new")) == [("email", OLD, NEW)]
    assert outcomes() == [(OLD, NEW, "confirmed")]
    assert tags() == {Tag.IDENTITY_CONFIRMED, Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGED}
    with pytest.raises(LinkUsedError):
        confirm(account)


def test_links_for_a_new_password_die_with_the_address(account: Account) -> None:
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=OLD, language="pl")
    take_over(account)
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=url.rstrip("/").rpartition("/")[2], password="zupelnie-nowe-haslo-2026")


def test_a_mistyped_address_is_a_strangers_mailbox_and_the_link_alone_does_nothing(account: Account) -> None:
    ask(account)
    token = mailed_token(EmailKind.NEW_EMAIL, NEW)
    for _ in range(BY_LINK.most):
        with pytest.raises(WrongPasswordError):
            confirm_email(token=token, password="guess")
    with pytest.raises(LimitReachedError):
        confirm_email(token=token, password=PASSWORD)
    account.refresh_from_db()
    assert account.email == OLD
    ask(account, OTHER)  # a stranger's guesses do not lock the owner out
    assert confirm(account, OTHER).email == OTHER


def test_the_password_confirms_in_another_browser(account: Account) -> None:
    ask(account)
    assert confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, NEW), password=PASSWORD).email == NEW


def test_a_new_password_stops_a_change_that_waits(account: Account) -> None:
    ask(account)
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=OLD, language="pl")
    reset_password(token=url.rstrip("/").rpartition("/")[2], password="zupelnie-nowe-haslo-2026")
    with pytest.raises(LinkWithdrawnError):
        confirm(account)
    assert outcomes() == [(OLD, NEW, "stopped")]


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_change_it_once(account: Account) -> None:
    ask(account)
    click = partial(
        confirm_email, token=mailed_token(EmailKind.NEW_EMAIL, NEW), password=None, proven_account=account.id
    )
    results = at_once(*[click] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Account", *["LinkUsedError"] * 3]
    assert Email.objects.filter(kind=EmailKind.EMAIL_CHANGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_leave_one_waiting() -> None:
    account = make_account(make_examiner(), email=OLD)
    results = at_once(*[partial(ask, account, f"n{number}@example.org") for number in range(3)])
    assert {type(result) for result in results} == {EmailChange}
    assert EmailChange.objects.filter(closed_at__isnull=True).count() == 1


# Staff --------------------------------------------------------------------------------------------------------------


def test_staff_change_theirs_and_the_board_needs_no_notice(clock: time_machine.Traveller) -> None:
    staff = make_staff(email=OLD)
    take_over(staff)
    assert staff.email == NEW
    assert ProfileChange.objects.count() == 0


def test_staff_asking_for_a_colleagues_address_learn_nothing_until_its_mailbox_confirms(
    clock: time_machine.Traveller,
) -> None:
    make_staff(email="Nowa@example.org")
    staff = make_staff(email=OLD)
    ask(staff)
    with pytest.raises(EmailTakenError):
        confirm(staff)
    staff.refresh_from_db()
    assert staff.email == OLD
    assert pending_email_change(account=staff) is not None


# Undoing ------------------------------------------------------------------------------------------------------------


def test_the_former_mailbox_freezes_and_has_its_address_back(account: Account, clock: time_machine.Traveller) -> None:
    take_over(account)
    clock.shift(10 * DAY - datetime.timedelta(seconds=1))
    freeze_by_link(token=freezing_link(OLD))
    account.refresh_from_db()
    assert (account.is_active, account.email) == (False, OLD)
    assert outcomes() == [(OLD, NEW, "confirmed"), (NEW, OLD, "restored")]
    assert list(ProfileChange.objects.order_by("at").values_list("old", "new")) == [(OLD, NEW), (NEW, OLD)]
    assert Tag.EMAIL_RESTORED in tags()
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_FROZEN).count() == 1


def test_the_link_is_too_old_after_ten_days(account: Account, clock: time_machine.Traveller) -> None:
    take_over(account)
    clock.shift(10 * DAY)
    with pytest.raises(LinkExpiredError):
        freeze_by_link(token=freezing_link(OLD))


def test_freezing_before_the_change_is_confirmed_stops_it(account: Account) -> None:
    ask(account)
    freeze_by_link(token=freezing_link(OLD, EmailKind.EMAIL_CHANGE_ASKED))
    with pytest.raises(LinkWithdrawnError):
        confirm(account)
    assert outcomes() == [(OLD, NEW, "stopped")]


def test_the_link_that_told_of_the_request_undoes_the_change_as_well(account: Account) -> None:
    take_over(account)
    freeze_by_link(token=freezing_link(OLD, EmailKind.EMAIL_CHANGE_ASKED))
    account.refresh_from_db()
    assert account.email == OLD


def test_over_two_changes_the_first_mailbox_has_its_address_back(
    account: Account, clock: time_machine.Traveller
) -> None:
    take_over(account)
    clock.shift(DAY)
    take_over(account, OTHER)
    freeze_by_link(token=freezing_link(OLD))
    account.refresh_from_db()
    assert account.email == OLD


def test_freezing_from_the_new_mailbox_does_not_kill_the_way_back(account: Account) -> None:
    take_over(account)
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=NEW, language="pl")
    freeze_by_link(token=url.rstrip("/").rpartition("/")[2])
    account.refresh_from_db()
    assert (account.is_active, account.email) == (False, NEW)
    freeze_by_link(token=freezing_link(OLD))
    account.refresh_from_db()
    assert account.email == OLD


@pytest.mark.parametrize("order", list(itertools.permutations([OLD, NEW, OTHER])))
def test_in_whatever_order_they_freeze_who_took_it_over_in_two_steps_does_not_get_it_back(
    account: Account, clock: time_machine.Traveller, order: tuple[str, ...]
) -> None:
    take_over(account)
    clock.shift(60)
    take_over(account, OTHER)
    links = {mailbox: freezing_link(mailbox) for mailbox in (OLD, NEW)}
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=OTHER, language="pl")
    links[OTHER] = url.rstrip("/").rpartition("/")[2]
    for mailbox in order:
        clock.shift(60)
        freeze_by_link(token=links[mailbox])
    account.refresh_from_db()
    assert account.email == OLD


def test_after_it_was_taken_back_it_can_be_changed_and_taken_back_again(
    account: Account, clock: time_machine.Traveller
) -> None:
    take_over(account)
    clock.shift(60)
    freeze_by_link(token=freezing_link(OLD))
    account.refresh_from_db()
    unfreeze_account(account=account, reason="-", is_agreed=True)
    account.refresh_from_db()
    assert account.examiner is not None
    account.password = hash_password(password=PASSWORD, salt=account.examiner.password_salt)
    account.save()
    clock.shift(60)
    take_over(account, OTHER)
    clock.shift(60)
    freeze_by_link(token=freezing_link(OLD))
    account.refresh_from_db()
    assert account.email == OLD


def test_a_mailbox_that_never_was_the_accounts_takes_nothing_back(account: Account) -> None:
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=OTHER, language="pl")
    take_over(account)
    freeze_by_link(token=url.rstrip("/").rpartition("/")[2])
    account.refresh_from_db()
    assert (account.is_active, account.email) == (False, NEW)


def test_an_address_that_a_colleague_has_now_is_left_to_staff(clock: time_machine.Traveller) -> None:
    staff = make_staff(email=OLD)
    take_over(staff)
    make_staff(email=OLD)
    freeze_by_link(token=freezing_link(OLD))
    staff.refresh_from_db()
    assert (staff.is_active, staff.email) == (False, NEW)


def test_what_came_to_nothing_is_deleted_after_a_month_and_what_was_made_stays(
    account: Account, clock: time_machine.Traveller
) -> None:
    take_over(account)
    ask(account, OTHER)
    clock.shift(33 * DAY - datetime.timedelta(seconds=1))
    assert delete_ended_email_changes() == 0
    clock.shift(1)
    assert delete_ended_email_changes() == 1
    assert outcomes() == [(OLD, NEW, "confirmed")]

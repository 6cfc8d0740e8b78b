"""A change of address is undone from the former mailbox."""

import datetime
import itertools

import pytest
import time_machine

from egzaminator.accounts.domain.freezing import freeze_by_link, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.retention import delete_ended_email_changes
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkExpiredError, LinkWithdrawnError
from egzaminator.accounts.models import Account, ProfileChange
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from tests.accounts.email_changes import DAY, NEW, OLD, OTHER, ask, confirm, freezing_link, outcomes, tags, take_over
from tests.helpers.factories import PASSWORD, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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

"""A change of address is confirmed from the new mailbox, and every way in which that is refused."""

from functools import partial

import pytest
import time_machine

from egzaminator.accounts.domain.email_change import confirm_email, pending_email_change
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.domain.reauthentication import BY_LINK
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import EmailTakenError, LinkUsedError, LinkWithdrawnError, WrongPasswordError
from egzaminator.accounts.models import Account, ProfileChange
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.rate_limits.errors import LimitReachedError
from tests.accounts.email_changes import NEW, OLD, OTHER, ask, confirm, outcomes, tags, take_over
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, make_staff
from tests.helpers.links import mailed_token

pytestmark = pytest.mark.django_db


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

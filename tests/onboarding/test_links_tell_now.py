"""Every mailed link, in every state that its form, account or change can be in by then.

What a link's page says is true now, and what it offers works.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client
from django.utils.translation import gettext, override

from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, EmailChange, Link
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path
from tests.onboarding import account_links, form_links
from tests.onboarding.account_links import NEW_PASSWORD
from tests.onboarding.form_links import ANNA, activate, notice

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
TYPED = {
    LinkPurpose.ACTIVATE: {"password": PASSWORD},
    LinkPurpose.RESET: {"new_password": NEW_PASSWORD, "repeated_password": NEW_PASSWORD},
    LinkPurpose.NEW_EMAIL: {"password": PASSWORD},
}

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def delete(account: Account) -> None:
    delete_account(account=account, reason="struck-off")


@dataclass(frozen=True)
class Row:
    """A state, the page's heading in it, and the heading after its form was sent, if it has one."""

    purpose: LinkPurpose
    reach: Callable[[time_machine.Traveller], str]
    heading: str
    then: str = ""


A, S, H, N, E, P = (
    LinkPurpose.ACTIVATE,
    LinkPurpose.STOP_CLAIM,
    LinkPurpose.RESET,
    LinkPurpose.FREEZE,
    LinkPurpose.NEW_EMAIL,
    LinkPurpose.CONFIRM_EMAIL,
)
ACTIVE, BLOCKED, OLD, OVER, USED = (
    "The account is active already",
    "The account is blocked",
    "This link is too old",
    "This form is no longer valid",
    "This link has been used",
)
NOTHING_TO_STOP = "There is nothing to stop any more"
ROWS = [
    Row(A, form_links.form_waits, "Activate your account", then=ACTIVE),
    Row(A, form_links.form_activated, ACTIVE),
    Row(A, form_links.form_activated_and_frozen, BLOCKED),
    Row(A, form_links.form_activated_and_given_back, ACTIVE),
    Row(A, form_links.form_superseded, OVER),
    Row(A, form_links.form_stopped, "This form was stopped"),
    Row(A, form_links.form_corrected, "This link was replaced"),
    Row(A, form_links.form_with_an_old_link, OLD, then=OLD),
    Row(A, form_links.form_corrected_with_an_old_link, "This link was replaced"),
    Row(A, form_links.form_too_old_with_a_fresh_link, OVER),
    Row(A, form_links.form_deleted, OVER),
    Row(S, form_links.stop_waits, "Was it not you?", then="The form is stopped already"),
    Row(S, form_links.stop_done, "The form is stopped already"),
    Row(S, form_links.stop_of_an_account, "The form has become an account"),
    Row(S, form_links.stop_of_a_frozen_account, BLOCKED),
    Row(S, form_links.stop_of_a_superseded_form, NOTHING_TO_STOP),
    Row(S, form_links.stop_of_a_form_too_old, NOTHING_TO_STOP),
    Row(S, form_links.stop_of_a_deleted_form, NOTHING_TO_STOP),
    Row(H, account_links.reset_waits, "Set a new password", then=USED),
    Row(H, account_links.reset_done, USED),
    Row(H, account_links.reset_done_and_frozen, BLOCKED),
    Row(H, account_links.reset_of_a_frozen_account, BLOCKED),
    Row(H, account_links.reset_after_another_password, "This link was withdrawn"),
    Row(H, account_links.reset_too_old, OLD),
    Row(H, account_links.reset_too_old_of_a_frozen_account, BLOCKED),
    Row(H, account_links.reset_after_an_email_change, "This link was withdrawn"),
    Row(N, account_links.freeze_waits, "Was it not you?", then=BLOCKED),
    Row(N, account_links.freeze_done, BLOCKED),
    Row(N, account_links.freeze_of_a_frozen_account, "Was it not you?", then=BLOCKED),
    Row(N, account_links.freeze_from_another_mailbox, "Was it not you?", then=BLOCKED),
    Row(N, account_links.freeze_done_and_given_back, "This link has done its work"),
    Row(N, account_links.freeze_too_old, OLD),
    Row(N, account_links.freeze_too_old_of_a_frozen_account, BLOCKED),
    Row(E, account_links.email_change_waits, "Confirm the new address", then="The address is confirmed already"),
    Row(E, account_links.email_change_done, "The address is confirmed already"),
    Row(E, account_links.email_change_changed_since, USED),
    Row(E, account_links.email_change_done_and_frozen, BLOCKED),
    Row(E, account_links.email_change_cancelled, "This change was cancelled"),
    Row(E, account_links.email_change_superseded, "This change was replaced by another"),
    Row(E, account_links.email_change_stopped, "This change was stopped"),
    Row(E, account_links.email_change_of_a_frozen_account, BLOCKED),
    Row(E, account_links.email_change_too_old, OLD),
    Row(E, account_links.email_change_too_old_but_sent_again, OLD),
    Row(E, account_links.email_change_of_a_deleted_change, OLD),
    Row(P, account_links.check_waits, "Confirm that e-mails arrive", then="This link has done its work"),
    Row(P, account_links.check_done, "This link has done its work"),
    Row(P, account_links.check_of_a_frozen_account, BLOCKED),
    Row(P, account_links.check_of_a_former_address, OLD),
    Row(P, account_links.check_too_old, OLD),
]


def rows_of_data() -> list[list[dict[str, object]]]:
    models = (Link, Claim, Account, EmailChange)
    return [[dict(row) for row in model.objects.order_by("pk").values()] for model in models]


def heading_of(response: Response) -> str:
    return str(response.content.decode().partition("<h1>")[2].partition("</h1>")[0])


def in_polish(text: str) -> str:
    with override("pl"):
        return gettext(text)


def test_every_purpose_of_a_link_is_walked() -> None:
    assert {row.purpose for row in ROWS} == set(LinkPurpose)
    assert len(ROWS) >= 49


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.reach.__name__)
def test_a_link_tells_the_state_of_now_and_offers_what_can_be_done(row: Row, clock: time_machine.Traveller) -> None:
    path = row.reach(clock)
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    before = rows_of_data()

    opened, looked_at = browser.get(path), browser.head(path)

    assert heading_of(opened) == in_polish(row.heading)
    assert (opened.status_code, looked_at.status_code) == ((200, 200) if row.then else (410, 410))
    assert ("csrfmiddlewaretoken" in fields_of(opened)) == bool(row.then), words_of(opened)
    assert rows_of_data() == before

    done = browser.post(path, TYPED.get(row.purpose, {}))
    if not row.then:
        assert (done.status_code, heading_of(done)) == (410, in_polish(row.heading))
        assert rows_of_data() == before
        return

    assert done.status_code in {200, 302}
    after = rows_of_data()
    assert after != before
    again = browser.post(path, TYPED.get(row.purpose, {}))
    assert heading_of(again) in {in_polish(row.then), in_polish("A new e-mail is on its way")}
    assert rows_of_data() == after


def test_links_about_an_account_that_is_gone(clock: time_machine.Traveller) -> None:
    """Deleting an account deletes its links, which become unknown. Links of its form say that the account is gone."""
    _, path, stop = notice(clock)
    account = activate(path)
    freezing_path = mailed_path(EmailKind.ACTIVATED, ANNA)
    delete(account)
    browser = Client()

    assert heading_of(browser.get(freezing_path)) == in_polish("This link is not complete")
    assert heading_of(browser.get(path)) in {
        in_polish("There is no such account any more"),
        in_polish("This link is not complete"),
    }
    assert heading_of(browser.get(stop)) in {in_polish(NOTHING_TO_STOP), in_polish("This link is not complete")}

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

from egzaminator.accounts.domain.email_change import (
    cancel_email_change,
    confirm_email,
    request_email_change,
    resend_email_change,
)
from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff, unfreeze_account
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, EmailChange, Link
from egzaminator.login.domain.password_reset import process_reset_requests, request_reset
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import correct_email, stop_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
ANNA, KNOWN, NEW, OTHER = "anna@example.org", "known@example.org", "new@example.org", "other@example.org"
NEW_PASSWORD = "zupelnie-nowe-haslo-2026"
TYPED = {
    LinkPurpose.ACTIVATE: {"password": PASSWORD},
    LinkPurpose.RESET: {"new_password": NEW_PASSWORD, "repeated_password": NEW_PASSWORD},
    LinkPurpose.NEW_EMAIL: {"password": PASSWORD},
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def token(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def activate(path: str) -> Account:
    return activate_claim(token=token(path), password=PASSWORD)


def freeze(account: Account) -> None:
    freeze_by_staff(account=account, reason="call")


def give_back(account: Account) -> None:
    unfreeze_account(account=account, reason="call", is_agreed=True)


def delete(account: Account) -> None:
    delete_account(account=account, reason="struck-off")


def form() -> tuple[Claim, str]:
    claim = make_claim(make_examiner(email=KNOWN))
    return claim, mailed_path(EmailKind.ACTIVATION, ANNA)


def notice(clock: time_machine.Traveller) -> tuple[Claim, str, str]:
    claim, path = form()
    notify_known_mailboxes()
    return claim, path, mailed_path(EmailKind.CLAIM_NOTICE, KNOWN)


def ask_reset() -> str:
    request_reset(name=PESELS[0], language="pl", ip="192.0.2.1")
    process_reset_requests()
    return mailed_path(EmailKind.RESET, ANNA)


def freezing() -> tuple[Account, str]:
    _, path = form()
    return activate(path), mailed_path(EmailKind.ACTIVATED, ANNA)


def change() -> tuple[Account, str]:
    account = make_account(make_examiner())
    request_email_change(account=account, email=NEW, password=PASSWORD)
    return account, mailed_path(EmailKind.NEW_EMAIL, NEW)


# Each function brings a link and its subject into a state, and returns the link's path.


def form_waits(clock: time_machine.Traveller) -> str:
    return form()[1]


def form_activated(clock: time_machine.Traveller) -> str:
    path = form()[1]
    activate(path)
    return path


def form_activated_and_frozen(clock: time_machine.Traveller) -> str:
    path = form()[1]
    freeze(activate(path))
    return path


def form_activated_and_given_back(clock: time_machine.Traveller) -> str:
    path = form()[1]
    account = activate(path)
    freeze(account)
    clock.shift(datetime.timedelta(days=1))
    give_back(account)
    return path


def form_superseded(clock: time_machine.Traveller) -> str:
    claim, path = form()
    make_claim(claim.examiner, email=OTHER)
    activate(mailed_path(EmailKind.ACTIVATION, OTHER))
    return path


def form_stopped(clock: time_machine.Traveller) -> str:
    _, path, stop = notice(clock)
    stop_claim(token=token(stop))
    return path


def form_corrected(clock: time_machine.Traveller) -> str:
    claim, path = form()
    correct_email(claim_id=claim.id, email=OTHER, password=PASSWORD)
    return path


def form_with_an_old_link(clock: time_machine.Traveller) -> str:
    path = form()[1]
    clock.shift(datetime.timedelta(days=8))
    return path


def form_corrected_with_an_old_link(clock: time_machine.Traveller) -> str:
    path = form_corrected(clock)
    clock.shift(datetime.timedelta(days=8))
    return path


def form_too_old_with_a_fresh_link(clock: time_machine.Traveller) -> str:
    claim, _ = form()
    clock.shift(datetime.timedelta(days=29))
    resend_activation(claim_id=claim.id)
    clock.shift(datetime.timedelta(days=2))
    return mailed_path(EmailKind.ACTIVATION, ANNA)


def form_deleted(clock: time_machine.Traveller) -> str:
    path = form()[1]
    Claim.objects.all().delete()
    return path


def stop_waits(clock: time_machine.Traveller) -> str:
    return notice(clock)[2]


def stop_done(clock: time_machine.Traveller) -> str:
    path = notice(clock)[2]
    stop_claim(token=token(path))
    return path


def stop_of_an_account(clock: time_machine.Traveller) -> str:
    _, activation, path = notice(clock)
    activate(activation)
    return path


def stop_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    _, activation, path = notice(clock)
    freeze(activate(activation))
    return path


def stop_of_a_superseded_form(clock: time_machine.Traveller) -> str:
    claim, _, path = notice(clock)
    make_claim(claim.examiner, email=OTHER)
    activate(mailed_path(EmailKind.ACTIVATION, OTHER))
    return path


def stop_of_a_form_too_old(clock: time_machine.Traveller) -> str:
    path = notice(clock)[2]
    clock.shift(datetime.timedelta(days=31))
    return path


def stop_of_a_deleted_form(clock: time_machine.Traveller) -> str:
    path = notice(clock)[2]
    Claim.objects.all().delete()
    return path


def reset_waits(clock: time_machine.Traveller) -> str:
    make_account(make_examiner())
    return ask_reset()


def reset_done(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    reset_password(token=token(path), password=NEW_PASSWORD)
    return path


def reset_done_and_frozen(clock: time_machine.Traveller) -> str:
    path = reset_done(clock)
    freeze(Account.objects.get())
    return path


def reset_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    freeze(Account.objects.get())
    return path


def reset_after_another_password(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    clock.shift(datetime.timedelta(minutes=1))
    reset_password(token=token(ask_reset()), password=NEW_PASSWORD)
    return path


def reset_too_old(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    clock.shift(datetime.timedelta(days=2))
    return path


def reset_too_old_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = reset_too_old(clock)
    freeze(Account.objects.get())
    return path


def reset_after_an_email_change(clock: time_machine.Traveller) -> str:
    account, confirmation = change()
    path = ask_reset()
    confirm_email(token=token(confirmation), password=PASSWORD)
    assert account.email == ANNA
    return path


def freeze_waits(clock: time_machine.Traveller) -> str:
    return freezing()[1]


def freeze_done(clock: time_machine.Traveller) -> str:
    path = freezing()[1]
    freeze_by_link(token=token(path))
    return path


def freeze_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    account, path = freezing()
    freeze(account)
    return path


def freeze_from_another_mailbox(clock: time_machine.Traveller) -> str:
    path = freezing()[1]
    freeze_by_link(token=token(mailed_path(EmailKind.ACTIVATED, KNOWN)))
    return path


def freeze_done_and_given_back(clock: time_machine.Traveller) -> str:
    path = freeze_done(clock)
    clock.shift(datetime.timedelta(days=1))
    give_back(Account.objects.get())
    return path


def freeze_too_old(clock: time_machine.Traveller) -> str:
    path = freezing()[1]
    clock.shift(datetime.timedelta(days=11))
    return path


def freeze_too_old_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = freeze_too_old(clock)
    freeze(Account.objects.get())
    return path


def email_change_waits(clock: time_machine.Traveller) -> str:
    return change()[1]


def email_change_done(clock: time_machine.Traveller) -> str:
    path = change()[1]
    confirm_email(token=token(path), password=PASSWORD)
    return path


def email_change_changed_since(clock: time_machine.Traveller) -> str:
    path = email_change_done(clock)
    request_email_change(account=Account.objects.get(), email=OTHER, password=PASSWORD)
    confirm_email(token=token(mailed_path(EmailKind.NEW_EMAIL, OTHER)), password=PASSWORD)
    return path


def email_change_done_and_frozen(clock: time_machine.Traveller) -> str:
    path = email_change_done(clock)
    freeze(Account.objects.get())
    return path


def email_change_cancelled(clock: time_machine.Traveller) -> str:
    account, path = change()
    cancel_email_change(account=account)
    return path


def email_change_superseded(clock: time_machine.Traveller) -> str:
    account, path = change()
    request_email_change(account=account, email=OTHER, password=PASSWORD)
    return path


def email_change_stopped(clock: time_machine.Traveller) -> str:
    path = change()[1]
    reset_password(token=token(ask_reset()), password=NEW_PASSWORD)
    return path


def email_change_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    account, path = change()
    freeze(account)
    return path


def email_change_too_old(clock: time_machine.Traveller) -> str:
    path = change()[1]
    clock.shift(datetime.timedelta(days=4))
    return path


def email_change_too_old_but_sent_again(clock: time_machine.Traveller) -> str:
    account, path = change()
    clock.shift(datetime.timedelta(days=2))
    resend_email_change(account=account)
    clock.shift(datetime.timedelta(days=2))
    return path


def email_change_of_a_deleted_change(clock: time_machine.Traveller) -> str:
    path = change()[1]
    EmailChange.objects.all().delete()
    return path


@dataclass(frozen=True)
class Row:
    """A state, the page's heading in it, and the heading after its form was sent, if it has one."""

    purpose: LinkPurpose
    reach: Callable[[time_machine.Traveller], str]
    heading: str
    then: str = ""


A, S, H, N, E = (
    LinkPurpose.ACTIVATE,
    LinkPurpose.STOP_CLAIM,
    LinkPurpose.RESET,
    LinkPurpose.FREEZE,
    LinkPurpose.NEW_EMAIL,
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
    Row(A, form_waits, "Activate your account", then=ACTIVE),
    Row(A, form_activated, ACTIVE),
    Row(A, form_activated_and_frozen, BLOCKED),
    Row(A, form_activated_and_given_back, ACTIVE),
    Row(A, form_superseded, OVER),
    Row(A, form_stopped, "This form was stopped"),
    Row(A, form_corrected, "This link was replaced"),
    Row(A, form_with_an_old_link, OLD, then=OLD),
    Row(A, form_corrected_with_an_old_link, "This link was replaced"),
    Row(A, form_too_old_with_a_fresh_link, OVER),
    Row(A, form_deleted, OVER),
    Row(S, stop_waits, "Was it not you?", then="The form is stopped already"),
    Row(S, stop_done, "The form is stopped already"),
    Row(S, stop_of_an_account, "The form has become an account"),
    Row(S, stop_of_a_frozen_account, BLOCKED),
    Row(S, stop_of_a_superseded_form, NOTHING_TO_STOP),
    Row(S, stop_of_a_form_too_old, NOTHING_TO_STOP),
    Row(S, stop_of_a_deleted_form, NOTHING_TO_STOP),
    Row(H, reset_waits, "Set a new password", then=USED),
    Row(H, reset_done, USED),
    Row(H, reset_done_and_frozen, BLOCKED),
    Row(H, reset_of_a_frozen_account, BLOCKED),
    Row(H, reset_after_another_password, "This link was withdrawn"),
    Row(H, reset_too_old, OLD),
    Row(H, reset_too_old_of_a_frozen_account, BLOCKED),
    Row(H, reset_after_an_email_change, "This link was withdrawn"),
    Row(N, freeze_waits, "Was it not you?", then=BLOCKED),
    Row(N, freeze_done, BLOCKED),
    Row(N, freeze_of_a_frozen_account, "Was it not you?", then=BLOCKED),
    Row(N, freeze_from_another_mailbox, "Was it not you?", then=BLOCKED),
    Row(N, freeze_done_and_given_back, "This link has done its work"),
    Row(N, freeze_too_old, OLD),
    Row(N, freeze_too_old_of_a_frozen_account, BLOCKED),
    Row(E, email_change_waits, "Confirm the new address", then="The address is confirmed already"),
    Row(E, email_change_done, "The address is confirmed already"),
    Row(E, email_change_changed_since, USED),
    Row(E, email_change_done_and_frozen, BLOCKED),
    Row(E, email_change_cancelled, "This change was cancelled"),
    Row(E, email_change_superseded, "This change was replaced by another"),
    Row(E, email_change_stopped, "This change was stopped"),
    Row(E, email_change_of_a_frozen_account, BLOCKED),
    Row(E, email_change_too_old, OLD),
    Row(E, email_change_too_old_but_sent_again, OLD),
    Row(E, email_change_of_a_deleted_change, OLD),
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
    assert len(ROWS) >= 44


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

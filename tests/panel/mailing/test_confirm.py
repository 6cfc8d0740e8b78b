"""The button that sends: pressed twice, in two tabs, after Back, and after the session has ended."""

import threading
from collections.abc import Mapping

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.sending import WAIT, begin_due
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing
from egzaminator.panel.domain import mailings as use_cases
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import attach, work, write
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TWICE = "Ta wiadomość jest już przez ciebie wysłana. Każdy dostanie ją raz."


@pytest.fixture
def officer() -> Account:
    make_examiner(email="anna@example.pl")
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def draft(officer: Account) -> Mailing:
    return write(officer)


def page_of(mailing: Mailing) -> str:
    return f"/panel/wiadomosci/{mailing.pk}/"


def press(client: Client, mailing: Mailing, shown: Mapping[str, str]) -> Response:
    return client.post(f"{page_of(mailing)}wyslij/", shown, follow=True)


def test_pressed_twice_and_after_back_it_goes_once(officer: Account, draft: Mailing, mailbox: Receiver) -> None:
    client = browser_of(officer)
    shown = fields_of(client.get(f"{page_of(draft)}wyslij/"))
    assert "Wiadomość jest wysyłana." in words_of(press(client, draft, shown))
    assert TWICE in words_of(press(client, draft, shown))
    assert work() == 1
    assert TWICE in words_of(press(client, draft, shown))  # Back, and once more
    assert (work(), len(mailbox.received), draft.recipients.count()) == (0, 1, 1)


def test_after_it_was_cancelled_nobody_is_told_that_it_goes(officer: Account, draft: Mailing) -> None:
    client = browser_of(officer)
    shown = fields_of(client.get(f"{page_of(draft)}wyslij/"))
    press(client, draft, shown)
    path = f"{page_of(draft)}anuluj/"
    client.post(path, fields_of(client.get(path)))
    assert "Teraz nie jest to możliwe" in words_of(press(client, draft, shown))
    assert Mailing.objects.get().state == MailingState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_press_at_the_same_moment_one_sends(
    officer: Account, draft: Mailing, mailbox: Receiver
) -> None:
    browsers = [browser_of(officer), browser_of(make_staff(email="iga@oke.example", roles=[Role.RECORDS]))]
    forms = [fields_of(browser.get(f"{page_of(draft)}wyslij/")) for browser in browsers]
    start, said = threading.Barrier(2), []

    def act(browser: Client, shown: Mapping[str, str]) -> None:
        start.wait()
        said.append(words_of(press(browser, draft, shown)))
        connections.close_all()

    threads = [threading.Thread(target=act, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes = [("Wiadomość jest wysyłana." in words, "Teraz nie jest to możliwe" in words) for words in said]
    assert sorted(outcomes) == [(False, True), (True, False)]
    assert (work(), len(mailbox.received)) == (1, 1)


def test_after_the_session_has_ended_nothing_is_sent(officer: Account, draft: Mailing) -> None:
    client = browser_of(officer)
    shown = fields_of(client.get(f"{page_of(draft)}wyslij/")) | {"day": "31.12.2026"}
    client.session.flush()
    client.cookies.pop("session", None)
    answer = press(client, draft, shown)
    assert "Zaloguj się" in words_of(answer)
    assert Mailing.objects.get().state == MailingState.DRAFT


def test_an_attachment_that_came_or_went_meanwhile_is_shown_first(officer: Account, draft: Mailing) -> None:
    client = browser_of(officer)
    shown = fields_of(client.get(f"{page_of(draft)}wyslij/"))
    attach(draft, officer)
    assert "Ktoś zmienił tę wiadomość" in words_of(press(client, draft, shown))
    assert Mailing.objects.get().state == MailingState.DRAFT


def test_to_many_it_is_not_sent_unless_the_colleagues_are_told(
    officer: Account, draft: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_arguments: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("egzaminator.mailings.domain.sending.AT_ONCE", 0)
    monkeypatch.setattr(use_cases, "queue_mailing_planned", fail)
    client = browser_of(officer)
    with pytest.raises(ConnectionError):
        press(client, draft, fields_of(client.get(f"{page_of(draft)}wyslij/")))
    assert (Mailing.objects.get().state, draft.recipients.count()) == (MailingState.DRAFT, 0)


def test_to_many_it_waits_ten_minutes_whenever_it_was_to_start(
    officer: Account, draft: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_examiner(pesel=PESELS[1], numbers=("B/1",))
    monkeypatch.setattr("egzaminator.mailings.domain.sending.AT_ONCE", 1)
    client = browser_of(officer)
    before = timezone.now()
    press(client, draft, fields_of(client.get(f"{page_of(draft)}wyslij/")))
    draft.refresh_from_db()
    assert draft.starts_at is not None
    assert draft.starts_at - before >= WAIT
    begin_due()
    draft.refresh_from_db()
    assert draft.state == MailingState.PLANNED
    assert not Email.objects.filter(kind="mailing").exists()

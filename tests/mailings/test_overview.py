"""Messages that nobody has read yet, on the overview of "My account", and who finds the earlier ones."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from egzaminator.accounts.models import Account
from egzaminator.mailings.models import Mailing
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import attach, press, work, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OVERVIEW, INBOX = "/konto/", "/konto/wiadomosci/"


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


def login(pesel: str = PESELS[0]) -> Client:
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": pesel, "secret": PASSWORD})
    return browser


def sent(officer: Account, body: str = "Zapraszamy") -> Mailing:
    mailing = write(officer, body=body)
    attach(mailing, officer)
    press(mailing, officer)
    work()
    return mailing


def test_unread_ones_are_counted_on_its_card_in_as_many_queries_for_many_as_for_one(
    officer: Account, mailbox: Receiver
) -> None:
    make_account(make_examiner())
    browser = login()
    assert "nieprzeczytan" not in words_of(browser.get(OVERVIEW))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(OVERVIEW)
        return len(queries)

    first = sent(officer)
    assert "1 nieprzeczytana wiadomość od komisji." in words_of(browser.get(OVERVIEW))
    before = count()
    for number in range(2):
        sent(officer, f"Treść {number}")
    assert "3 nieprzeczytane wiadomości od komisji." in words_of(browser.get(OVERVIEW))
    assert count() == before
    browser.get(f"{INBOX}{first.pk}/")
    assert "2 nieprzeczytane wiadomości od komisji." in words_of(browser.get(OVERVIEW))


def test_who_had_no_account_finds_the_earlier_ones_with_attachments_after_the_activation(
    officer: Account, mailbox: Receiver
) -> None:
    examiner = make_examiner()  # without an address: nothing came by e-mail
    mailing = sent(officer)
    assert mailbox.received == []
    make_account(examiner)
    browser = login()
    assert "1 nieprzeczytana wiadomość od komisji." in words_of(browser.get(OVERVIEW))
    assert "Zapraszamy" in words_of(browser.get(f"{INBOX}{mailing.pk}/"))
    file = f"{INBOX}{mailing.pk}/zalaczniki/{mailing.attachments.get().pk}/"
    assert browser.get(file).getvalue().startswith(b"%PDF-")

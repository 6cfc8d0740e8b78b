"""Who downloads an attachment in "My account", and how browsers get it."""

import pytest
from django.test import Client

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.models import UndecryptableValue
from egzaminator.core.encryption import UndecryptableError
from egzaminator.mailings.domain.sending import cancel, pause
from egzaminator.mailings.models import Attachment, Mailing
from egzaminator.staff.roles import Role
from egzaminator.stored_files.models import Piece
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import attach, press, work, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def anna() -> Account:
    return make_account(make_examiner(numbers=("A/1",)))


@pytest.fixture
def browser(anna: Account) -> Client:
    return login(PESELS[0])


def login(pesel: str) -> Client:
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": pesel, "secret": PASSWORD})
    return browser


def with_attachment(officer: Account, name: str = "Łódź, maj.pdf") -> Mailing:
    mailing = write(officer)
    attach(mailing, officer, name=name)
    return mailing


def url_of(mailing: Mailing) -> str:
    return f"/konto/wiadomosci/{mailing.pk}/zalaczniki/{mailing.attachments.get().pk}/"


def test_a_recipient_downloads_it_as_a_file_without_any_right(
    browser: Client, officer: Account, mailbox: Receiver
) -> None:
    mailing = press(with_attachment(officer), officer)
    work()
    page = browser.get(f"/konto/wiadomosci/{mailing.pk}/")
    assert "Załączniki Łódź, maj.pdf" in words_of(page)
    assert f'href="{url_of(mailing)}"' in page.content.decode()
    answer = browser.get(url_of(mailing))
    content = answer.getvalue()
    assert (content[:5], answer["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C5%81%C3%B3d%C5%BA%2C%20maj.pdf"
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert browser.head(url_of(mailing)).status_code == 200


def test_nobody_else_does(browser: Client, officer: Account, mailbox: Receiver) -> None:
    mailing = press(with_attachment(officer), officer)
    work()
    make_account(make_examiner(pesel=PESELS[1], numbers=("B/1",)), email="jan@example.org")
    assert login(PESELS[1]).get(url_of(mailing)).status_code == 404
    assert Client().get(url_of(mailing))["Location"].startswith("/konto/logowanie/")
    other = press(with_attachment(officer), officer)
    work()
    mixed = f"/konto/wiadomosci/{mailing.pk}/zalaczniki/{other.attachments.get().pk}/"
    assert browser.get(mixed).status_code == 404
    assert browser.get(url_of(other)).status_code == 200


def test_it_is_not_there_before_it_starts_while_it_is_stopped_and_after_it_was_cancelled(
    browser: Client, officer: Account, mailbox: Receiver
) -> None:
    mailing = with_attachment(officer)
    assert browser.get(url_of(mailing)).status_code == 404
    mailbox.answer("RCPT", "anna@example.org", "451 4.3.0 Later")
    press(mailing, officer)
    assert browser.get(url_of(mailing)).status_code == 404
    work()
    assert browser.get(url_of(mailing)).status_code == 200
    pause(mailing_id=mailing.pk, by=Actor(officer.pk))
    assert browser.get(url_of(mailing)).status_code == 404
    cancel(mailing_id=mailing.pk, by=Actor(officer.pk))
    assert browser.get(url_of(mailing)).status_code == 404


def test_a_damaged_piece_breaks_the_download_off_and_is_noted(
    browser: Client, officer: Account, mailbox: Receiver
) -> None:
    mailing = press(with_attachment(officer), officer)
    work()
    Piece.objects.update(content=b"spoilt")
    with pytest.raises(UndecryptableError):
        browser.get(url_of(mailing)).getvalue()
    assert UndecryptableValue.objects.exists()
    assert Attachment.objects.exists()

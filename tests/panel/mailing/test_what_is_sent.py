"""The preview and the test are what a mail server gets, and nothing that was typed breaks out of it."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mailings.enums import MailingKind
from egzaminator.mailings.models import Mailing
from egzaminator.panel.domain.mailings import INVENTED
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import attach, press, work, write
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BODY = "{zwrot} {imię} {nazwisko},\n\n**zapraszamy**:\n- [zapisy](https://oke.example/z?a=1&b=2)\n- {numery}"
# What the register could hold that looks like a field, markup, a header or HTML.
NAMES = ["{zwrot}", "{url}", "**Lis**", "[x](https://evil.example)", "<b>Lis</b>", "Lis\u202e", 'Lis" <a@evil.example>']


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


def preview(client: Client, mailing: Mailing, asked: str = "A/1") -> bytes:
    path = f"/panel/wiadomosci/{mailing.pk}/podglad/"
    return client.post(path, fields_of(client.get(path)) | {"asked": asked, "eml": "1"}).content


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def body_of(content: bytes, kind: str) -> str:
    part = read(content).get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("kind", MailingKind)
@pytest.mark.parametrize("address", ["konto@example.pl", ""])
@pytest.mark.parametrize("surname", ["Łukasik-Żak", *NAMES[:2]])
def test_the_preview_is_what_the_mail_server_gets_byte_by_byte(
    client: Client, officer: Account, mailbox: Receiver, kind: MailingKind, address: str, surname: str
) -> None:
    anna = make_examiner(email="anna@example.pl", numbers=("A/1",), surname=surname)
    if address:
        make_account(anna, email=address)
    mailing = write(officer, body=BODY, kind=kind)
    attach(mailing, officer)
    with time_machine.travel(timezone.now(), tick=False):
        shown = preview(client, mailing)
        press(mailing, officer)
        work()
    (received,) = mailbox.received
    assert received.content == shown
    assert Event.objects.get(tag=Tag.MAILING_PREVIEWED).subject == anna.pk


@pytest.mark.parametrize("kind", MailingKind)
def test_the_test_is_the_same_e_mail_to_an_invented_person(
    client: Client, officer: Account, mailbox: Receiver, kind: MailingKind
) -> None:
    make_examiner(email="anna@example.pl", numbers=("A/1",), surname=INVENTED.surname, first_names="Maria")
    mailing = write(officer, body=BODY.replace("{zwrot}", "Szanowna Pani"), kind=kind)
    page = f"/panel/wiadomosci/{mailing.pk}/"
    with time_machine.travel(timezone.now(), tick=False):
        client.post(f"{page}probna/", fields_of(client.get(page)))
        deliver_due()
        shown = read(preview(client, mailing))
    (received,) = mailbox.received
    sent = read(received.content)
    own = {"Message-ID", "To", "Content-Type", "List-Unsubscribe"}
    assert {name: str(value) for name, value in sent.items() if name not in own} == {
        name: str(value) for name, value in shown.items() if name not in own
    }
    assert set(sent.keys()) == set(shown.keys())
    texts = [body_of(content, "plain").partition("/w/")[0] for content in (bytes(sent), bytes(shown))]
    assert texts[0] == texts[1]
    assert "Szanowna Pani Maria Przykładowa" in texts[0]
    assert mailbox.recipients == [officer.email]


@pytest.mark.parametrize("surname", NAMES)
def test_what_a_name_looks_like_is_text_in_the_e_mail_and_in_the_account(
    officer: Account, mailbox: Receiver, surname: str
) -> None:
    make_account(make_examiner(numbers=("A/1",)), email="konto@example.pl")
    Examiner.objects.update(surname=surname)
    mailing = press(write(officer, body="Dzień dobry, {nazwisko}!"), officer)
    work()
    shown = surname.replace("\u202e", "")
    content = mailbox.received[0].content
    assert f"Dzień dobry, {shown}!" in body_of(content, "plain")
    assert 'href="https://evil' not in body_of(content, "html")
    assert "<b>Lis" not in body_of(content, "html")
    assert [str(one.addr_spec) for one in read(content)["To"].addresses] == ["konto@example.pl"]
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    page = browser.get(f"/konto/wiadomosci/{mailing.pk}/")
    assert f"Dzień dobry, {shown}!" in words_of(page)
    assert 'href="https://evil' not in page.content.decode()


@pytest.mark.parametrize(
    "subject",
    ["Szkolenie\r\nBcc: a@evil.example", "Szkolenie\n\n<html>", "Szkolenie\x00", "Szkolenie\u2028Bcc: a@evil.example"],
)
def test_a_subject_is_one_header(client: Client, officer: Account, mailbox: Receiver, subject: str) -> None:
    make_examiner(email="anna@example.pl")
    mailing = write(officer)
    path = f"/panel/wiadomosci/{mailing.pk}/zmien/"
    client.post(path, fields_of(client.get(path)) | {"kind": "official", "subject": subject, "body": "Treść"})
    mailing.refresh_from_db()
    press(mailing, officer)
    work()
    sent = read(mailbox.received[0].content)
    assert (sent["Bcc"], len(sent.get_all("Subject") or [])) == (None, 1)
    assert "\n" not in str(sent["Subject"])
    assert mailbox.recipients == ["anna@example.pl"]


@pytest.mark.parametrize(
    "body",
    [
        "[x](javascript:alert(1))",
        "[x](http://oke.example)",
        "[x](https://oke.example@evil.example/)",
        "[x](https://user:pass@oke.example/)",
        "[x](https://oke.example\\@evil.example/)",
        "[x](https://żółw.example/)",
        "[x](https://оке.example/)",
        "[x](//evil.example)",
        "[x](https:evil.example)",
        "[x](data:text/html,x)",
        '[x](https://oke.example/"onclick="x)',
        "[x](https://oke.example/{numery})",
        "{__class__}",
        "{imię.__class__}",
        "{imię!r}",
    ],
)
def test_a_link_or_field_that_could_do_more_is_refused_and_nothing_typed_is_lost(
    client: Client, officer: Account, body: str
) -> None:
    mailing = write(officer)
    path = f"/panel/wiadomosci/{mailing.pk}/zmien/"
    page = client.post(path, fields_of(client.get(path)) | {"kind": "official", "subject": "S", "body": body})
    assert page.status_code == 200
    assert fields_of(page)["subject"] == "S"
    mailing.refresh_from_db()
    assert mailing.body != body


def test_direction_marks_of_staff_do_not_reach_anybody(client: Client, officer: Account, mailbox: Receiver) -> None:
    make_examiner(email="anna@example.pl")
    mailing = write(officer)
    path = f"/panel/wiadomosci/{mailing.pk}/zmien/"
    body = "Wejdź \u202ena\u202c [stronę\u2066](https://oke.example/)\x08"
    client.post(path, fields_of(client.get(path)) | {"kind": "official", "subject": "Zmiana", "body": body})
    mailing.refresh_from_db()
    press(mailing, officer)
    work()
    text = body_of(mailbox.received[0].content, "plain")
    assert text.splitlines()[0] == "Wejdź na stronę (https://oke.example/)"
    assert not set("\u202e\u202c\u2066\x08") & set(text)

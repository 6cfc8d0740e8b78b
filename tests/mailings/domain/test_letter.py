import datetime
import uuid
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egzaminator.core.pesel import Pesel
from egzaminator.mailings.domain.letter import Letter, Person, Text, header_mailbox
from egzaminator.mailings.domain.markup import clean
from egzaminator.mailings.enums import MailingKind, Salutation
from tests.helpers.factories import PESELS

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 11, 27, 10, 54, tzinfo=datetime.UTC)
MAILING, EMAIL = uuid.UUID(int=5), uuid.UUID(int=7)
BODY = "{zwrot} {nazwisko},\n\nzapraszamy na **szkolenie**:\n- [zapisy](https://oke.example/zapisy)\n- {numery}"


def person(**changes: object) -> Person:
    values = {"examiner_id": EMAIL, "first_names": "Anna Maria", "surname": "Łukasik", "pesel": Pesel(PESELS[0])}
    return Person(**(values | changes))  # type: ignore[arg-type]  # names of its fields


def text(body: str = BODY, kind: MailingKind = MailingKind.OFFICIAL) -> Text:
    return Text(mailing_id=MAILING, kind=kind, subject="Szkolenie – zaproszenie", body=body)


def wire(body: str = BODY, *, kind: MailingKind = MailingKind.OFFICIAL, to: Person | None = None) -> bytes:
    return Letter(text(body, kind)).wire_for(to or person(), email_id=EMAIL, mailbox="a@example.pl", created_at=AT)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def part(email: EmailMessage, subtype: str) -> str:
    found = email.get_body((subtype,))
    assert found is not None
    return str(found.get_content())


def test_it_is_an_e_mail_as_programs_read_it() -> None:
    email = read(wire())
    assert not email.defects
    assert [str(email[name]) for name in ("Subject", "To", "Date", "Message-ID")] == [
        "Szkolenie – zaproszenie",
        "Anna Maria Łukasik <a@example.pl>",
        "Fri, 27 Nov 2026 11:54:00 +0100",
        f"<{EMAIL.hex}@localhost>",
    ]
    assert email["List-Unsubscribe"] is None
    assert [one.get_content_type() for one in email.iter_parts()] == ["text/plain", "text/html"]
    assert part(email, "plain").startswith(
        "Szanowny Panie Łukasik,\r\n\r\nzapraszamy na szkolenie:\r\n\r\n"
        "- zapisy (https://oke.example/zapisy)\r\n- numery: w Moim koncie\r\n\r\n"
    )
    html = part(email, "html")
    assert "<strong>szkolenie</strong>" in html
    assert 'href="https://oke.example/zapisy" style="color: #0a4a94">zapisy</a> (oke.example)' in html
    assert max(len(line) for line in wire().split(b"\r\n")) <= 998


def test_an_informational_one_can_be_turned_off_by_one_click() -> None:
    email = read(wire(kind=MailingKind.INFORMATIONAL))
    url = str(email["List-Unsubscribe"]).strip("<>")
    assert url.startswith("http://localhost:8000/w/")
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in part(email, "plain").splitlines()
    assert f'href="{url}"' in part(email, "html")


@pytest.mark.parametrize(
    ("chosen", "pesel", "words"),
    [
        ("", PESELS[0], "Szanowny Panie"),
        ("", "80071610621", "Szanowna Pani"),
        ("", None, "Szanowni Państwo"),
        (Salutation.MADAM, PESELS[0], "Szanowna Pani"),
        (Salutation.NEITHER, PESELS[0], "Szanowni Państwo"),
    ],
)
def test_who_is_addressed_how(chosen: str, pesel: str | None, words: str) -> None:
    to = person(pesel=Pesel(pesel) if pesel else None, chosen=chosen)
    assert part(read(wire(to=to)), "plain").startswith(f"{words} Łukasik,")


NASTY = [
    "<script>alert(1)</script>",
    "{zwrot}",
    "{url}",
    "**x** [y](https://zly.example)",
    "Zły\r\nBcc: wszyscy@example.pl",
    "Zły\u202egnp.exe",
    '"><img src=x>',
    "Ж" * 120,
]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_breaks_out_of_nothing(name: str) -> None:
    email = read(wire(to=person(first_names=name, surname=name)))
    assert email["Bcc"] is None
    assert len(email["To"].addresses) == 1
    assert email["To"].addresses[0].addr_spec == "a@example.pl"
    html = part(email, "html")
    assert "<script" not in html
    assert "<img" not in html
    assert "zly.example" not in html or 'href="https://zly.example' not in html
    assert "\u202e" not in html + part(email, "plain")


@given(st.text(max_size=300))
def test_whatever_staff_type_the_html_has_no_tag_of_theirs(body: str) -> None:
    blocks = clean(body)
    html = part(read(wire(blocks)), "html")
    letter = html.partition('class="letter"')[2].partition('class="foot"')[0]
    for start in ("<script", "<img", "<iframe", "onerror", "javascript:"):
        assert start not in letter or start in blocks  # typed, and so escaped: never a tag
    assert "<script" not in letter


@given(st.text(max_size=120))
def test_any_name_gives_one_mailbox_and_short_lines(name: str) -> None:
    header = header_mailbox(name=" ".join(name.split()), mailbox="a@example.pl")
    email = read(f"To: {header}\r\n\r\n".encode("ascii"))
    assert [one.addr_spec for one in email["To"].addresses] == ["a@example.pl"]
    assert all(len(line) <= 78 for line in header.split("\r\n"))
    assert list(email.keys()) == ["To"]

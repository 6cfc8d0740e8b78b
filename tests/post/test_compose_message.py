import datetime
import uuid
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from pytest_django.fixtures import Settings

from egzaminator.core.board import current_board
from egzaminator.mail.domain.render import Parts, bounce_mailbox_of, compose_message, message_id_of

ROW = uuid.UUID("7b125857334a4f9583116d691dbfc43e")
PARTS = Parts(subject="Aktywacja konta w serwisie egzaminatorów", text="Zażółć\n.\n.kropka\n", html="<p>Zażółć</p>\n")


def compose(*, addressee: str = "Żaneta Źrebiec", to: str = "zaneta@example.pl", parts: Parts = PARTS) -> bytes:
    return compose_message(
        row_id=ROW,
        created_at=datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC),
        board=current_board(),
        to=to,
        addressee=addressee,
        language="pl",
        parts=parts,
    )


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def test_the_headers_say_who_writes_to_whom_and_that_a_machine_does() -> None:
    email = read(compose())

    del email["Content-Type"]
    assert {name: str(value) for name, value in email.items()} == {
        "From": "Okręgowa Komisja Egzaminacyjna w Poznaniu <nie-odpowiadaj@localhost>",
        "To": "Żaneta Źrebiec <zaneta@example.pl>",
        "Reply-To": "Okręgowa Komisja Egzaminacyjna w Poznaniu <sekretariat@oke.poznan.pl>",
        "Subject": "Aktywacja konta w serwisie egzaminatorów",
        "Date": "Sun, 22 Nov 2026 10:54:00 +0100",
        "Message-ID": "<7b125857334a4f9583116d691dbfc43e@localhost>",
        "Content-Language": "pl",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
    }


def test_both_bodies_are_alternatives_in_quoted_printable() -> None:
    email = read(compose())

    assert email.get_content_type() == "multipart/alternative"
    assert [
        (part.get_content_type(), part.get_content_charset(), part["Content-Transfer-Encoding"], part.get_content())
        for part in email.iter_parts()
    ] == [
        ("text/plain", "utf-8", "quoted-printable", "Zażółć\r\n.\r\n.kropka\r\n"),
        ("text/html", "utf-8", "quoted-printable", "<p>Zażółć</p>\r\n"),
    ]


def test_the_wire_form_is_short_lines_of_ascii() -> None:
    content = compose(addressee="ż" * 210, parts=Parts("ż" * 200, "ż" * 5000, "<p>" + "ż" * 5000))

    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "name",
    [
        'Anna" <evil@example.com>, "',
        "Anna\r\nBcc: evil@example.com",
        "Łukasik, Anna; (dr) @ [x] <y>:\\",
        "=?utf-8?q?evil?= <evil@example.com>",
        "ż, " * 100,
        "",
        ".",
        "Anna M. Żak-O'Neil",
    ],
)
def test_a_hostile_name_neither_adds_addressees_nor_headers(name: str) -> None:
    email = read(compose(addressee=name))

    assert [address.addr_spec for address in email["To"].addresses] == ["zaneta@example.pl"]
    assert email["Bcc"] is None
    assert email.defects == []
    assert email["To"].defects == ()


def test_a_usual_name_is_kept_whole() -> None:
    assert read(compose(addressee="Anna M. Żak-O’Neil"))["To"].addresses[0].display_name == "Anna M. Żak-O’Neil"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("egzaminatorzy.oke.example", "egzaminatorzy.oke.example"),
        ("łódź.example", "xn--d-uga0v4h.example"),
        ("192.0.2.7", "[192.0.2.7]"),
        ("::1", "[IPv6:::1]"),
    ],
)
def test_everything_ours_is_on_the_public_host(host: str, domain: str, settings: Settings) -> None:
    settings.PUBLIC_HOST = host

    email = read(compose())

    assert message_id_of(ROW) == f"<{ROW.hex}@{domain}>"
    assert bounce_mailbox_of(ROW) == f"bounce+{ROW.hex}@{domain}"
    assert email["From"].addresses[0].addr_spec == f"nie-odpowiadaj@{domain}"

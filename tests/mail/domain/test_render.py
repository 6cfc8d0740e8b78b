import datetime
import re
import uuid
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.template.engine import Engine
from pytest_django.fixtures import Settings

from egzaminator.core.board import current_board
from egzaminator.mail.catalogue import Audience, EmailKind
from egzaminator.mail.domain.render import (
    Parts,
    compose_email,
    message_id_of,
    public_url,
)
from egzaminator.mail.domain.return_path import return_path_of
from tests.helpers.letter import Letter
from tests.helpers.mail import LINK, LOGIN, carries_link, render_example

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROW = uuid.UUID("7b125857334a4f9583116d691dbfc43e")
PARTS = Parts(subject="Aktywacja konta w serwisie egzaminatorów", text="Zażółć\n.\n.kropka\n", html="<p>Zażółć</p>\n")


def compose(*, recipient_name: str = "Żaneta Źrebiec", to: str = "zaneta@example.pl", parts: Parts = PARTS) -> bytes:
    return compose_email(
        row_id=ROW,
        created_at=datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC),
        board=current_board(),
        to=to,
        recipient_name=recipient_name,
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
    content = compose(recipient_name="ż" * 210, parts=Parts("ż" * 200, "ż" * 5000, "<p>" + "ż" * 5000))

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
    email = read(compose(recipient_name=name))

    assert [address.addr_spec for address in email["To"].addresses] == ["zaneta@example.pl"]
    assert email["Bcc"] is None
    assert email.defects == []
    assert email["To"].defects == ()


def test_a_usual_name_is_kept_whole() -> None:
    assert read(compose(recipient_name="Anna M. Żak-O’Neil"))["To"].addresses[0].display_name == "Anna M. Żak-O’Neil"


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
    path = return_path_of(row_id=ROW, email="anna@example.pl")
    assert (path.own, path.fixed) == (f"bounce+{path.token}@{domain}", f"nie-odpowiadaj@{domain}")
    assert email["From"].addresses[0].addr_spec == f"nie-odpowiadaj@{domain}"


def links_of(kind: EmailKind) -> list[str]:
    login = [public_url(LOGIN)] if kind is EmailKind.ACTIVATED else []
    return login + ([public_url(LINK)] if carries_link(kind) else [])


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", EmailKind)
def test_every_email_names_its_addressee_its_sender_and_a_phone(kind: EmailKind, language: str) -> None:
    parts = render_example(kind, language)

    assert parts.subject
    assert "\n" not in parts.subject
    addressee = current_board().name if kind.audience is Audience.BOARD else "Anna Łukasik"
    board = "Okręgowa Komisja Egzaminacyjna w Poznaniu"
    for words in (addressee, board, "61 854 01 60", "61-655 Poznań", "sekretariat@oke.poznan.pl"):
        assert words in parts.text


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", EmailKind)
def test_every_link_stands_alone_on_a_short_line(kind: EmailKind, language: str, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://serwis-egzaminatorow.oke.poznan.pl"

    parts = render_example(kind, language)

    lines = [line for line in parts.text.splitlines() if "://" in line]
    assert sorted(lines) == sorted(links_of(kind))
    assert all(len(line) < 76 for line in lines)
    assert Letter(parts.html).links == lines


# They say for how many hours a link works or when it ends, or what has just been done, or what waits now,
# or that nothing has an end.
DATELESS = {EmailKind.RESET, EmailKind.ACCOUNT_UNFROZEN, EmailKind.STAFF_INVITATION, EmailKind.STAFF_CHANGED}
DATELESS |= {EmailKind.EMAIL_CHECK, EmailKind.TO_REVIEW, EmailKind.INVITATION}


@pytest.mark.parametrize("kind", [kind for kind in EmailKind if kind not in DATELESS])
def test_dates_are_in_the_addressees_language_and_our_time_zone(kind: EmailKind) -> None:
    hour = "" if kind is EmailKind.DELETION_NOTICE else ", 10:54"  # this kind names a day
    assert re.search(rf": niedziela, 22 listopada 2026{hour}\.", render_example(kind, "pl").text)
    if kind.audience is not Audience.BOARD:
        assert f" Sunday, 22 November 2026{hour}" in render_example(kind, "en").text


@pytest.mark.parametrize("kind", EmailKind)
def test_every_variable_of_a_template_is_in_its_context(kind: EmailKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "MISSING %s")

    parts = render_example(kind)
    assert "MISSING" not in parts.text + parts.html


def test_markup_in_a_name_stays_text() -> None:
    parts = render_example(EmailKind.ACTIVATION, recipient_name='<b>Anna</b> & <script>alert(1)</script> "{{ link }}"')

    assert '<b>Anna</b> & <script>alert(1)</script> "{{ link }}"' in parts.text
    assert {"b", "script"}.isdisjoint(Letter(parts.html).tags)
    assert "&lt;b&gt;Anna&lt;/b&gt; &amp;" in parts.html


def test_a_name_cannot_bring_a_line_or_a_link_of_its_own() -> None:
    parts = render_example(EmailKind.ACTIVATION, recipient_name="Anna\n\nhttps://evil.example/\n\u202egnp.exe\0")

    assert [line for line in parts.text.splitlines() if line.startswith("http")] == [public_url(LINK)]
    assert "Anna https://evil.example/ gnp.exe" in parts.text
    assert Letter(parts.html).links == [public_url(LINK)]

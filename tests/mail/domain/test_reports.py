"""Whatever is sent to the bounce mailbox: read or left alone, and the next message is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egzaminator.mail.domain.bounces import apply_report
from egzaminator.mail.domain.reports import MOST_BYTES, read_report
from egzaminator.mail.enums import BounceKind
from egzaminator.mail.models import Bounce, EmailHold
from tests.helpers.reports import FOLDER, hand_over, kept_report, report, token_for

pytestmark = pytest.mark.django_db

# What has to come of each report in tests/mail/reports. Those of Postfix were made by make_postfix_reports.py there;
# the others are written after the public descriptions of what these servers, providers and programs send.
KEPT = {
    "postfix-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.1"),
    "postfix-full.eml": ("bounced", BounceKind.TEMPORARY, "5.2.2"),
    "postfix-greylisted.eml": ("delayed", BounceKind.DELAYED, "Greylisted"),
    "postfix-delayed.eml": ("delayed", BounceKind.DELAYED, "Connection refused"),
    "postfix-expired.eml": ("bounced", BounceKind.TEMPORARY, "Connection refused"),
    "exchange-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.10"),
    "exchange-full.eml": ("bounced", BounceKind.TEMPORARY, "5.2.2"),
    "gmail-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.1"),
    "gmail-full.eml": ("bounced", BounceKind.TEMPORARY, "4.2.2"),
    "gmail-delayed.eml": ("delayed", BounceKind.DELAYED, "4.4.1"),
    "qmail-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.1"),
    "qmail-full.eml": ("bounced", BounceKind.TEMPORARY, "5.2.2"),
    "exim-unknown.eml": ("bounced", BounceKind.PERMANENT, "User unknown"),
    "exim-expired.eml": ("bounced", BounceKind.TEMPORARY, "retry timeout"),
    "exim-delayed.eml": ("delayed", BounceKind.DELAYED, ""),
    "o2-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.1"),
    "wp-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.1"),
    "onet-full.eml": ("bounced", BounceKind.TEMPORARY, "5.2.2"),
    "interia-unknown.eml": ("bounced", BounceKind.PERMANENT, "5.1.1"),
    "home-unknown.eml": ("bounced", BounceKind.PERMANENT, "no mailbox here"),
    "home-spam.eml": ("bounced", BounceKind.OTHER, "5.7.1"),
    "out-of-office-outlook.eml": ("automatic", None, ""),
    "out-of-office-gmail.eml": ("automatic", None, ""),
    "out-of-office-quoting.eml": ("automatic", None, ""),
    "read-receipt.eml": ("automatic", None, ""),
    "loop.eml": ("automatic", None, ""),
    "letter.eml": ("not-understood", None, ""),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_real_servers_and_programs_write(name: str) -> None:
    message = hand_over()
    outcome, kind, words = KEPT[name]

    assert apply_report(kept_report(name, message)).outcome == outcome

    bounces = list(Bounce.objects.all())
    assert [one.kind for one in bounces] == ([kind] if kind else [])
    assert all(words in one.reply_text for one in bounces)
    assert EmailHold.objects.exists() == (kind is BounceKind.PERMANENT)


def test_each_kept_report_is_tried() -> None:
    assert {path.name for path in FOLDER.glob("*.eml")} == set(KEPT)


HEADERS = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.szkola.example\r\n"
BROKEN = {
    "nothing": b"",
    "a NUL byte": b"\0" * 10_000,
    "one long line": b"x" * (2 * MOST_BYTES),
    "no blank line": b"Subject: x\r\n" * 10_000,
    "an enormous header": HEADERS + b"Subject: " + b"a " * MOST_BYTES + b"\r\n\r\n",
    "many recipients": HEADERS + b"To: " + b"bounce+%s@localhost, " % (b"a" * 52) * 5_000 + b"\r\n\r\n",
    "parts without an end": HEADERS + b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"--b\r\n" * 20_000,
    "parts in parts": HEADERS
    + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (number, number) for number in range(3_000)
    ),
    "messages in messages": HEADERS + b"Content-Type: message/rfc822\r\n\r\n" * 4_000,
    "an unknown encoding": HEADERS + b"Content-Type: text/plain; charset=martian\r\n\r\n550 User unknown\r\n",
    "bytes in headers": HEADERS + b"Subject: \xff\xfe\r\nTo: \xc5\x82\r\n\r\n\xff\xfe",
    "a delivery status in Base64": HEADERS
    + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\nQWN0aW9uOiBmYWlsZWQ=\r\n--b--",
    # Each of these once took minutes, in which the worker sent no e-mail.
    "line ends": HEADERS + b"\r\n" + b"\n" * MOST_BYTES,
    "a parameter without an end": HEADERS + b'Content-Type: multipart/report; a="' + b";" * MOST_BYTES + b"\r\n\r\n",
    "a parameter on many lines": HEADERS
    + b'Content-Type: multipart/report; a="'
    + (b";" * 900 + b"\r\n ") * 280
    + b"\r\n\r\n",
    "a boundary without a name": HEADERS + b"Content-Type: multipart/report\r\n\r\n--\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_changes_nothing_and_stops_nothing(name: str) -> None:
    message = hand_over()

    assert apply_report(BROKEN[name]).outcome in {"not-understood", "automatic", "forged"}

    assert not Bounce.objects.exists()
    assert apply_report(report(message)).outcome == "bounced"


@given(st.binary(max_size=2_000))
def test_no_bytes_raise_an_error(raw: bytes) -> None:
    assert read_report(raw).failures == []
    read_report(HEADERS + b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n' + raw)
    read_report(HEADERS + b"X-Failed-Recipients: a@b.pl\r\n\r\n" + raw)


@given(st.binary(max_size=200))
def test_no_words_of_a_server_raise_an_error_or_break_the_line(words: bytes) -> None:
    raw = HEADERS + (
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        b"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.pl\r\nAction: failed\r\nDiagnostic-Code: smtp; "
    )
    for failure in read_report(raw + words + b"\r\n\r\n--b--\r\n").failures:
        assert "\0" not in failure.reply.text
        assert "\n" not in failure.reply.text
        assert len(failure.reply.text) <= 300


def test_ten_megabytes_behind_the_report_do_not_matter() -> None:
    message = hand_over()
    attachment = b"\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = report(message).replace(b"--b--", attachment + b"QUJD\r\n" * 1_750_000 + b"--b--")

    assert len(raw) > 10_000_000
    assert apply_report(raw).outcome == "bounced"


def test_a_report_within_what_came_back_is_not_taken_for_the_report() -> None:
    message = hand_over()
    inner = report(message)
    raw = (
        b"Return-Path: <jan@szkola.example>\r\nFrom: jan@szkola.example\r\n"
        + b"To: bounce+%s@localhost\r\n" % token_for(message).encode()
        + b'Content-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\nContent-Type: message/rfc822\r\n\r\n'
        + inner
        + b"--c--\r\n"
    )

    assert apply_report(raw).outcome == "not-understood"
    assert not Bounce.objects.exists()

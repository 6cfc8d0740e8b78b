import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from egzaminator.runtime.environment import MailServer, Security
from tests.helpers.certificates import make_certificate
from tests.helpers.dns_server import DnsServer
from tests.helpers.receiver import ANYBODY, Receiver

pytestmark = pytest.mark.django_db
DOMAIN = "konta.oke.example"
GOOD = f"""
{DOMAIN}. TXT "v=spf1 include:relay.example -all"
relay.example. TXT "v=spf1 ip4:192.0.2.1 -all"
s1._domainkey.{DOMAIN}. TXT "v=DKIM1; k=ed25519; p={"A" * 44}"
_dmarc.{DOMAIN}. TXT "v=DMARC1; p=reject"
{DOMAIN}. MX 10 mx.relay.example.
"""


@pytest.fixture(autouse=True)
def domain(settings: Settings) -> None:
    settings.PUBLIC_HOST = DOMAIN


def checked(*arguments: str, records: str = GOOD) -> tuple[int, str]:
    out = io.StringIO()
    with DnsServer(records) as server, pytest.raises(SystemExit) as ended:
        call_command("check_mail", *arguments, "--dns-server", server.address, stdout=out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue()


def test_all_is_well_and_a_message_arrives(mailbox: Receiver) -> None:
    code, text = checked("jan@example.pl", "--selector", "s1")
    assert (code, [line.split()[:2] for line in text.splitlines()]) == (
        0,
        [["OK", name] for name in ("relay", "spf", "dkim", "dmarc", "return-path", "test-message")],
    )
    (received,) = mailbox.received
    assert (received.recipient, received.email["From"].addresses[0].domain) == ("jan@example.pl", DOMAIN)
    assert received.sender.startswith("bounce+")
    assert received.sender.endswith(f"@{DOMAIN}")
    assert "This is a test message" in received.email.get_content()


@pytest.mark.usefixtures("mailbox")
def test_nothing_is_sent_without_an_address_and_each_lack_has_its_cure() -> None:
    code, text = checked(records="")
    assert (code, text.count("\n          ") > 0) == (2, True)
    for cure in (
        f"→ Publish in DNS: {DOMAIN} TXT",
        "NAME._domainkey",
        f"→ Publish in DNS: _dmarc.{DOMAIN} TXT",
        "MX record",
    ):
        assert cure in text
    assert "test-message" not in text


def test_a_sender_that_is_refused_is_told_with_the_setting(mailbox: Receiver) -> None:
    mailbox.answer("MAIL", ANYBODY, "550 5.1.8 <bounce+x@konta.oke.example>: Sender address rejected")
    code, text = checked("jan@example.pl", "--selector", "s1")
    assert (code, "set RETURN_PATH=fixed" in text) == (1, True)
    assert "The test message was taken, but not with its return path: 550 5.1.8 …: Sender address rejected" in text


@pytest.mark.parametrize(
    ("command", "reply", "words"),
    [
        ("RCPT", "554 5.7.1 <jan@example.pl>: Relay access denied", "554 5.7.1 …: Relay access denied"),
        ("CONTENT", "451 4.3.0 Later", "451 4.3.0 Later"),
        ("MAIL", "530 5.7.0 Authentication required", "(530 5.7.0)"),
    ],
)
def test_what_the_server_says_to_the_message_is_told(mailbox: Receiver, command: str, reply: str, words: str) -> None:
    mailbox.answer(command, ANYBODY, reply, reply)
    code, text = checked("jan@example.pl", "--selector", "s1")
    assert (code, words in text, "jan@example.pl" in text) == (2, True, False)


def test_a_wrong_password_is_told_and_not_shown(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, authority = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with Receiver(security=Security.STARTTLS, certificate=certificate, login=("oke", "right")) as receiver:
        settings.MAIL_SERVER = MailServer("localhost", receiver.port, Security.STARTTLS, "oke", "wr0ng")
        code, text = checked("--selector", "s1")
    assert (code, "user and password of EMAIL_URL" in text, "wr0ng" in text) == (2, True, False)


@pytest.mark.usefixtures("mailbox")
def test_a_dns_server_that_is_silent_leaves_it_unknown() -> None:
    with DnsServer("") as server:
        address = server.address
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_mail", "--dns-server", address, stdout=out)
    assert (ended.value.code, out.getvalue().count("UNKNOWN ")) == (3, 4)


def test_what_is_no_address_is_refused_before_anything_is_tried() -> None:
    with pytest.raises(CommandError, match="E-mail cannot be sent to this address"):
        call_command("check_mail", "jan")


@pytest.mark.parametrize("server", ["dns.example", "192.0.2.1#x", "192.0.2.1#0"])
def test_what_is_no_dns_server_is_refused(server: str) -> None:
    with pytest.raises(CommandError, match="IP address"):
        call_command("check_mail", "--dns-server", server)

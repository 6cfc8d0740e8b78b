import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from egzaminator.mail.domain.refusals import Stage
from egzaminator.mail.domain.smtp import Conversation, open_session
from egzaminator.mail.enums import Trouble
from egzaminator.mail.errors import MailServerUnavailableError
from egzaminator.runtime.environment import MailServer, Security
from tests.helpers.certificates import make_certificate
from tests.helpers.receiver import ANYBODY, DROP, Receiver

ENCRYPTED = [Security.STARTTLS, Security.TLS]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Create a certificate for localhost, from an authority that this test trusts."""
    context, authority = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    return context


def unavailable(server: MailServer) -> MailServerUnavailableError:
    with pytest.raises(MailServerUnavailableError) as raised:
        open_session(server)
    return raised.value


def refusal(server: MailServer) -> str:
    return unavailable(server).reason


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_connection_is_encrypted(security: Security, certificate: ssl.SSLContext) -> None:
    with Receiver(security=security, certificate=certificate) as receiver:
        smtp = open_session(receiver.server)

        assert isinstance(smtp.sock, ssl.SSLSocket)
        assert smtp.noop()[0] == 250
        smtp.quit()


@pytest.mark.parametrize("security", ENCRYPTED)
def test_an_unknown_authority_is_not_trusted(security: Security, tmp_path: Path) -> None:
    context, _ = make_certificate(tmp_path)

    with Receiver(security=security, certificate=context) as receiver:
        error = unavailable(receiver.server)
        assert (error.reason, error.trouble) == ("TLS: unable to get local issuer certificate", Trouble.ENCRYPTION)


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_certificate_for_another_host_is_not_trusted(
    security: Security, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = make_certificate(tmp_path, host="mail.example.pl")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    with Receiver(security=security, certificate=context) as receiver:
        assert refusal(receiver.server) == ("TLS: Hostname mismatch, certificate is not valid for 'localhost'.")


def test_an_expired_certificate_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = make_certificate(tmp_path, days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    with Receiver(security=Security.TLS, certificate=context) as receiver:
        assert refusal(receiver.server) == "TLS: certificate has expired"


def test_a_server_without_starttls_gets_nothing_in_the_clear() -> None:
    with Receiver() as receiver:
        server = MailServer("localhost", receiver.port, Security.STARTTLS, "oke", "tajne-haslo")

        error = unavailable(server)
        assert (error.reason, error.trouble) == ("STARTTLS extension not supported by server.", Trouble.ENCRYPTION)


def test_a_user_logs_in(certificate: ssl.SSLContext) -> None:
    login = ("oke", "tajne-haslo")

    with Receiver(security=Security.STARTTLS, certificate=certificate, login=login) as receiver:
        smtp = open_session(receiver.server)

        assert smtp.mail("bounce@example.pl")[0] == 250
        smtp.quit()


def test_a_wrong_password_is_the_servers_fault_and_stays_out_of_the_logs(
    certificate: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "egzaminator")

    with Receiver(security=Security.STARTTLS, certificate=certificate, login=("oke", "tajne-haslo")) as receiver:
        server = MailServer("localhost", receiver.port, Security.STARTTLS, "oke", "inne-haslo")
        error = unavailable(server)
        assert (error.reason, error.trouble) == ("535 5.7.8", Trouble.LOGIN)
    assert caplog.messages == []


def test_a_password_with_polish_letters_is_reported_not_raised(certificate: ssl.SSLContext) -> None:
    with Receiver(security=Security.STARTTLS, certificate=certificate, login=("oke", "x")) as receiver:
        server = MailServer("localhost", receiver.port, Security.STARTTLS, "oke", "hasło")

        assert refusal(server) == "Non-ASCII user, password or host"


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        ("554 5.7.1 Go away", "554 5.7.1"),
        ("421 Too many connections", "421"),
        (DROP, "Connection unexpectedly closed"),
        ("HTTP/1.1 400 Bad Request", "-1"),
    ],
)
def test_a_greeting_that_lets_nobody_in_is_the_servers_fault(greeting: str, reason: str) -> None:
    with Receiver() as receiver:
        receiver.answer("connect", ANYBODY, greeting)

        error = unavailable(receiver.server)
        assert (error.reason, error.trouble) == (reason, Trouble.CONNECTION)


def test_a_port_where_nobody_listens_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert refusal(MailServer("127.0.0.1", port, Security.NONE)) == "Connection refused"


def test_a_host_that_cannot_be_looked_up_is_reported() -> None:
    assert refusal(MailServer("ż" * 70, 25, Security.NONE)) == "Non-ASCII user, password or host"


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egzaminator.mail.domain.smtp._OPENING", 0.1)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1], Security.NONE)
        assert refusal(server) == "Connection unexpectedly closed: timed out"


CONTENT = b"Subject: x\r\n\r\n.dot\r\n"


class Postfix(threading.Thread):
    """A server as strict as RFC 2920 allows: after DATA it expects the content even without a valid recipient."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.contents: list[bytes] = []

    def run(self) -> None:
        client, _ = self._listener.accept()
        with self._listener, client, client.makefile("rb") as lines:
            client.sendall(b"220 ready\r\n")
            is_refused = False
            while line := lines.readline():
                if line.startswith(b"ehlo"):
                    client.sendall(b"250-localhost\r\n250 PIPELINING\r\n")
                elif line.startswith(b"RCPT"):
                    is_refused = b"nobody" in line
                    client.sendall(b"550 5.1.1 No such user\r\n" if is_refused else b"250 Fine\r\n")
                elif line == b"DATA\r\n":
                    client.sendall(b"354 Go on\r\n")
                    self.contents.append(b"".join(iter(lines.readline, b".\r\n")))
                    client.sendall(b"554 5.5.1 No valid recipients\r\n" if is_refused else b"250 2.0.0 Taken\r\n")
                elif line == b"QUIT\r\n":
                    client.sendall(b"221 Bye\r\n")
                else:
                    client.sendall(b"250 Fine\r\n")


class ClaimOutcome(threading.Thread):
    """A server that hangs up after its last scripted answer, counted from MAIL, whatever was pipelined."""

    def __init__(self, *answers: bytes, offer: bytes = b"PIPELINING") -> None:
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._answers = answers
        self._offer = offer
        self.commands: list[bytes] = []

    def run(self) -> None:
        client, _ = self._listener.accept()
        with self._listener, client, client.makefile("rb") as lines:
            client.sendall(b"220 ready\r\n")
            lines.readline()
            client.sendall(b"250-localhost\r\n250 " + self._offer + b"\r\n")
            for answer in self._answers:
                self.commands.append(lines.readline())
                client.sendall(answer + b"\r\n")


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    server = Postfix()
    server.start()
    yield server
    server.join(10)


def test_a_server_that_goes_on_after_a_refusal_gets_an_empty_message(postfix: Postfix) -> None:
    with smtplib.SMTP("127.0.0.1", postfix.port, local_hostname="localhost") as smtp:
        smtp.ehlo()
        refused, taken = Conversation(smtp), Conversation(smtp)

        assert refused.send(sender="oke@example.pl", recipient="nobody@example.pl", content=CONTENT, token="t") == (
            550,
            b"5.1.1 No such user",
        )
        assert taken.send(sender="oke@example.pl", recipient="anna@example.pl", content=CONTENT, token="t") == (
            250,
            b"2.0.0 Taken",
        )

    assert (refused.is_content_sent, taken.is_content_sent) == (False, True)
    assert postfix.contents == [b"", b"Subject: x\r\n\r\n..dot\r\n"]


@pytest.mark.parametrize(
    ("answers", "reply", "stage"),
    [
        ([b"421 4.7.0 Too busy"], (421, b"4.7.0 Too busy"), Stage.SENDER),
        ([b"553 5.1.8 Who?"], (553, b"5.1.8 Who?"), Stage.SENDER),
        ([b"250 Fine", b"421 4.7.0 Too busy"], (421, b"4.7.0 Too busy"), Stage.RECIPIENT),
        ([b"250 Fine", b"550 5.1.1 No such user"], (550, b"5.1.1 No such user"), Stage.RECIPIENT),
        ([b"250 Fine", b"250 Fine", b"421 4.7.0 Too busy"], (421, b"4.7.0 Too busy"), Stage.CONTENT),
        (
            [b"250 Fine", b"250 Fine", b"354 Go on", b"421 4.3.0 Out of paper"],
            (421, b"4.3.0 Out of paper"),
            Stage.CONTENT,
        ),
    ],
)
def test_the_last_words_of_a_server_that_hangs_up_are_kept(
    answers: list[bytes], reply: tuple[int, bytes], stage: Stage
) -> None:
    server = ClaimOutcome(*answers)
    server.start()
    smtp = smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost")
    smtp.ehlo()
    conversation = Conversation(smtp)

    assert conversation.send(sender="oke@example.pl", recipient="anna@example.pl", content=CONTENT, token="t") == reply

    assert conversation.stage is stage
    smtp.close()
    server.join(10)


def test_a_server_that_hangs_up_without_a_word_is_lost() -> None:
    server = ClaimOutcome(b"250 Fine")
    server.start()
    smtp = smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost")
    smtp.ehlo()

    with pytest.raises(OSError, match="unexpectedly closed"):
        Conversation(smtp).send(sender="oke@example.pl", recipient="anna@example.pl", content=CONTENT, token="t")

    server.join(10)


@pytest.mark.parametrize(
    ("offer", "command"),
    [
        (b"DSN", b"MAIL FROM:<bounce+abc@oke.example> RET=HDRS ENVID=abc\r\n"),
        (b"8BITMIME", b"MAIL FROM:<bounce+abc@oke.example>\r\n"),
    ],
)
def test_a_server_that_offers_dsn_is_asked_for_headers_and_the_token(offer: bytes, command: bytes) -> None:
    server = ClaimOutcome(b"250 Fine", b"550 5.1.1 No such user", offer=offer)
    server.start()
    smtp = smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost")
    smtp.ehlo()

    Conversation(smtp).send(sender="bounce+abc@oke.example", recipient="anna@example.pl", content=CONTENT, token="abc")

    smtp.close()
    server.join(10)
    assert server.commands == [command, b"RCPT TO:<anna@example.pl>\r\n"]

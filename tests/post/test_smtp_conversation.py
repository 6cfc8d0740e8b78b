import smtplib
import socket
import threading
from collections.abc import Iterator

import pytest

from egzaminator.mail.domain.refusals import Stage
from egzaminator.mail.domain.smtp import Conversation

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


class Closing(threading.Thread):
    """A server that hangs up after its last scripted answer, counted from MAIL, whatever was pipelined."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._answers = answers

    def run(self) -> None:
        client, _ = self._listener.accept()
        with self._listener, client, client.makefile("rb") as lines:
            client.sendall(b"220 ready\r\n")
            lines.readline()
            client.sendall(b"250-localhost\r\n250 PIPELINING\r\n")
            for answer in self._answers:
                lines.readline()
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

        assert refused.send(sender="oke@example.pl", recipient="nobody@example.pl", content=CONTENT) == (
            550,
            b"5.1.1 No such user",
        )
        assert taken.send(sender="oke@example.pl", recipient="anna@example.pl", content=CONTENT) == (
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
    server = Closing(*answers)
    server.start()
    smtp = smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost")
    smtp.ehlo()
    conversation = Conversation(smtp)

    assert conversation.send(sender="oke@example.pl", recipient="anna@example.pl", content=CONTENT) == reply

    assert conversation.stage is stage
    smtp.close()
    server.join(10)


def test_a_server_that_hangs_up_without_a_word_is_lost() -> None:
    server = Closing(b"250 Fine")
    server.start()
    smtp = smtplib.SMTP("127.0.0.1", server.port, local_hostname="localhost")
    smtp.ehlo()

    with pytest.raises(OSError, match="unexpectedly closed"):
        Conversation(smtp).send(sender="oke@example.pl", recipient="anna@example.pl", content=CONTENT)

    server.join(10)

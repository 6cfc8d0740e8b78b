import contextlib
import smtplib
import socket
import threading
import time
from collections.abc import Generator
from types import TracebackType
from typing import Final, Self

from django.conf import settings

from egzaminator.mail.domain.refusals import NOT_LET_IN, Stage, is_sender_refused, read_reply
from egzaminator.mail.domain.replies import Reply, clean, decode
from egzaminator.mail.domain.return_path import ReturnPath
from egzaminator.mail.domain.smtp import CLOSING, Conversation, describe_code, describe_error, open_session
from egzaminator.mail.enums import Trouble
from egzaminator.mail.errors import ConnectionLostError, MailServerUnavailableError

# This many connections lost in a row, without a reply in between, are the server's fault, not an e-mail's.
_MOST_LOST: Final = 3
# First digits of the codes that answer an e-mail (RFC 5321, section 4.2.1).
_CLASSES: Final = (2, 4, 5)
_YES: Final = 2
# Seconds to wait for the server's reply to QUIT.
_GOODBYE: Final = 5


class MailConnection:
    """The connection to the board's mail server: opened by the first e-mail, kept, reopened when lost.

    A context manager, which sends QUIT at the end. Once the server is found unavailable, it counts as unavailable for
    the life of this object.
    """

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._is_used = False
        self._lost_in_a_row = 0
        self._has_judged = False
        self._trouble: MailServerUnavailableError | None = None
        self._ends_at = 0.0
        self._refuses_own_senders = False
        self.sender_refusal: Reply | None = None
        """The server's last refusal of an e-mail's own sender, after which it took the fixed one."""
        self.is_own_sender_accepted = False
        """Whether an e-mail with a sender of its own was accepted."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                if self._smtp.sock is not None:
                    self._smtp.sock.settimeout(_GOODBYE)
                self._smtp.quit()
        self._drop()

    @property
    def is_welcome(self) -> bool:
        """Whether the server still lets us in, and has judged an e-mail.

        To judge is to accept it, or to refuse it because of its address or its content.
        """
        return self._has_judged and self._trouble is None

    @contextlib.contextmanager
    def limited_to(self, seconds: float) -> Generator[None]:
        """Close the connection after this many seconds, however slowly the server goes on replying.

        `send` may be called only inside the block.
        """
        self._ends_at = time.monotonic() + seconds
        hang_up = threading.Timer(seconds, self._hang_up)
        hang_up.daemon = True
        hang_up.start()
        try:
            yield
        finally:
            hang_up.cancel()

    def send(self, *, path: ReturnPath, recipient: str, content: bytes) -> Reply:
        """Send one e-mail; return the server's final reply, whatever it is.

        Take its return path, the recipient in ASCII, and the e-mail as it is sent over the wire. A server that refuses
        the e-mail's own sender gets the fixed one at once. Raise `ConnectionLostError`, or `MailServerUnavailableError`
        if no e-mail can be sent.
        """
        if self._trouble is not None:
            raise self._trouble
        try:
            reply = self._send_over_any(path, recipient, content)
        except ConnectionLostError as lost:
            self._lost_in_a_row += 1
            if self._lost_in_a_row < _MOST_LOST:
                raise
            self._trouble = MailServerUnavailableError(lost.reason, trouble=Trouble.CONNECTION)
            raise self._trouble from lost
        except MailServerUnavailableError as unavailable:
            self._trouble = unavailable
            raise
        self._lost_in_a_row = 0
        return reply

    def _send_over_any(self, path: ReturnPath, recipient: str, content: bytes) -> Reply:
        was_used = self._is_used
        try:
            return self._send(path, recipient, content)
        except ConnectionLostError as lost:
            # Servers close a connection that was idle, or has carried enough e-mails: no fault of this one.
            if was_used and not lost.may_have_arrived:
                return self._send(path, recipient, content)
            raise

    def _send(self, path: ReturnPath, recipient: str, content: bytes) -> Reply:
        sender = path.fixed if self._refuses_own_senders else path.own
        stage, code, text = self._offer(sender, recipient, content, path.token)
        if sender != path.fixed and is_sender_refused(code, text, stage=stage):
            refusal, refused_at = read_reply(code, text, stage=stage), stage
            self._reset()
            sender = path.fixed
            stage, code, text = self._offer(sender, recipient, content, path.token)
            if code // 100 == _YES or (stage is not Stage.SENDER and not is_sender_refused(code, text, stage=stage)):
                self.sender_refusal = refusal
                # What is refused later may be in the words of the recipient's server, and true of this e-mail only.
                self._refuses_own_senders = refused_at is Stage.SENDER
        if code // 100 != _YES:
            self._require_welcome(stage, code, text)
        elif sender != path.fixed:
            self.is_own_sender_accepted = True
        self._is_used = True
        reply = read_reply(code, text, stage=stage)
        self._has_judged = self._has_judged or reply.is_accepted or reply.cause.is_final
        if not reply.is_accepted:
            self._reset()
        return reply

    def _offer(self, sender: str, recipient: str, content: bytes, token: str) -> tuple[Stage, int, bytes]:
        """Return the first refusal, or the final reply, and the command that it answers."""
        if self._smtp is None:
            self._smtp = open_session(settings.MAIL_SERVER)
        if time.monotonic() >= self._ends_at:  # opening the connection used up the time
            raise ConnectionLostError("timed out", may_have_arrived=False)
        conversation = Conversation(self._smtp)
        try:
            code, text = conversation.send(sender=sender, recipient=recipient, content=content, token=token)
        except OSError as error:
            self._drop()
            raise ConnectionLostError(describe_error(error), may_have_arrived=conversation.is_content_sent) from error
        if code == CLOSING or code // 100 not in _CLASSES:
            self._drop()
            closing = CLOSING if code == CLOSING else None
            raise ConnectionLostError(describe_code(code, text), may_have_arrived=False, code=closing)
        return conversation.stage, code, text

    def _require_welcome(self, stage: Stage, code: int, text: bytes) -> None:
        """Raise, and close the connection, if a refusal concerns us and not an e-mail.

        Such a refusal comes before the recipient is named, or asks for encryption or a log-in. A connection that has
        carried e-mails may have carried as many as the server allows. So a new one is tried before the server counts as
        unavailable: then `ConnectionLostError` is raised, otherwise `MailServerUnavailableError`.
        """
        if stage is not Stage.SENDER and code not in NOT_LET_IN:
            return
        was_used = self._is_used
        self._drop()
        reason = describe_code(code, text)
        if was_used:
            raise ConnectionLostError(reason, may_have_arrived=False)
        trouble = Trouble.LOGIN if code in NOT_LET_IN else Trouble.SENDER
        raise MailServerUnavailableError(reason, trouble=trouble, words=clean(f"{code} {decode(text)}"))

    def _reset(self) -> None:
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except OSError:
            self._drop()

    def _hang_up(self) -> None:
        # Runs in the timer's thread. Shut down the raw socket, past TLS: the sending thread waits inside the TLS layer.
        sock = self._smtp.sock if self._smtp is not None else None
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None
        self._is_used = False

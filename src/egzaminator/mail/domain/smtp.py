import contextlib
import re
import smtplib
import ssl
from typing import Final

from egzaminator.mail.domain.refusals import Stage
from egzaminator.mail.domain.render import own_domain
from egzaminator.mail.domain.replies import clean, decode
from egzaminator.mail.enums import Trouble
from egzaminator.mail.errors import MailServerUnavailableError
from egzaminator.runtime.environment import MailServer, Security

_GO_ON: Final = 354
CLOSING: Final = 421  # RFC 5321, section 3.8


class Conversation:
    """One e-mail's part of an SMTP session (RFC 5321, section 3.3).

    A server that offers PIPELINING (RFC 2920) gets the three commands before the content in one write, so that an
    e-mail costs two round trips instead of four. smtplib alone would wait for each reply.
    """

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp
        self.stage = Stage.SENDER
        """The command that the reply returned by `send` belongs to."""
        self.is_content_sent = False
        """Whether the content was sent, so that the server may have accepted it even if its reply never came."""

    def send(self, *, sender: str, recipient: str, content: bytes, token: str) -> tuple[int, bytes]:
        """Offer the e-mail; return code and text of the first refusal, or of the final reply.

        Take the envelope addresses in ASCII, the e-mail with CRLF line ends, and the token of its return path. Raise
        `OSError` (the base class of all of smtplib's errors) if the connection fails before the server has refused
        anything.

        A server that offers DSN (RFC 3461) is asked to repeat the token in its reports, and to send back only the
        headers: the content has one-time links. The token has no sign that xtext would write otherwise.
        """
        options = f" RET=HDRS ENVID={token}" if self._smtp.has_extn("dsn") else ""
        commands = {
            Stage.SENDER: f"MAIL FROM:<{sender}>{options}",
            Stage.RECIPIENT: f"RCPT TO:<{recipient}>",
            Stage.CONTENT: "DATA",
        }
        ask = self._ask_at_once if self._smtp.has_extn("pipelining") else self._ask_one_by_one
        return ask(commands) or self._hand_over(content)

    def _ask_one_by_one(self, commands: dict[Stage, str]) -> tuple[int, bytes] | None:
        for stage, command in commands.items():
            self.stage = stage
            self._write(f"{command}\r\n".encode("ascii"))
            code, text = self._smtp.getreply()
            if not _is_yes(code):
                return code, text
        return None

    def _ask_at_once(self, commands: dict[Stage, str]) -> tuple[int, bytes] | None:
        self._write("".join(f"{command}\r\n" for command in commands.values()).encode("ascii"))
        refusal: tuple[int, bytes] | None = None
        code = 0
        for stage in commands:
            try:
                code, text = self._smtp.getreply()
            except OSError:
                if refusal is None:
                    raise
                return refusal  # a server that hangs up after a refusal need not answer the rest
            if refusal is None and not _is_yes(code):
                refusal, self.stage = (code, text), stage
            if code == CLOSING:
                return refusal
        if refusal and code == _GO_ON:
            # The server refused a command, but still waits for content. Send it empty: it has no recipient to deliver
            # it to.
            self._write(b".\r\n")
            with contextlib.suppress(OSError):
                self._smtp.getreply()
        return refusal

    def _hand_over(self, content: bytes) -> tuple[int, bytes]:
        self.stage = Stage.CONTENT
        self.is_content_sent = True
        # Transparency (RFC 5321, section 4.5.2). An e-mail begins with a header, so its first line has no dot.
        self._write(content.replace(b"\n.", b"\n..") + b".\r\n")
        return self._smtp.getreply()

    def _write(self, data: bytes) -> None:
        """Send bytes; ignore a closed connection, which is noticed when the next reply is read.

        The server's last reply may say why it closed. smtplib's own `send` would close our side and lose that reply.
        """
        if self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("please run connect() first")
        try:
            self._smtp.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.is_content_sent = False


def _is_yes(code: int) -> bool:
    return code // 100 == 2 or code == _GO_ON  # noqa: PLR2004 -- RFC 5321, section 4.2.1


# Seconds without a sign of life: for a server that is to let us in, and for one that examines an e-mail.
_OPENING: Final = 20
_ANSWERING: Final = 60
_STATUS: Final = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")


def open_session(server: MailServer) -> smtplib.SMTP:
    """Connect to a mail server, encrypt as configured, log in if there is a user; return the session.

    Certificates and host names are checked against the system's authorities, or against those in the file that the
    environment variable SSL_CERT_FILE names. Raise `MailServerUnavailableError` for any failure: none is an e-mail's
    fault.
    """
    smtp: smtplib.SMTP | None = None
    trouble = Trouble.CONNECTION
    try:
        context = None if server.security is Security.NONE else ssl.create_default_context()
        if server.security is Security.TLS:
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=own_domain(), timeout=_OPENING, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, local_hostname=own_domain(), timeout=_OPENING)
        if server.security is Security.STARTTLS:
            trouble = Trouble.ENCRYPTION
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            trouble = Trouble.LOGIN
            smtp.login(server.user, server.password)
    except (OSError, ValueError) as error:  # ValueError: a user, password or host that has no ASCII form
        if smtp is not None:
            smtp.close()
        if isinstance(error, ssl.SSLError):
            trouble = Trouble.ENCRYPTION
        raise MailServerUnavailableError(describe_error(error), trouble=trouble, words=_words_of(error)) from error
    if smtp.sock is not None:
        smtp.sock.settimeout(_ANSWERING)
    return smtp


def _words_of(error: Exception) -> str:
    if not isinstance(error, smtplib.SMTPResponseException):
        return ""
    text = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
    return clean(f"{error.smtp_code} {decode(text)}")


def describe_error(error: Exception) -> str:
    """Return what went wrong, without the server's own words: they may repeat a user name or an address."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return describe_code(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    if isinstance(error, ssl.SSLCertVerificationError):
        return clean(f"TLS: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return clean(f"TLS: {error.reason}")
    if isinstance(error, UnicodeError):
        return "Non-ASCII user, password or host"
    return clean(getattr(error, "strerror", None) or str(error))


def describe_code(code: int, text: bytes) -> str:
    """Return a reply code, with the enhanced status code that the reply's text may begin with."""
    status = _STATUS.match(text)
    return f"{code} {status.group().decode()}" if status else str(code)

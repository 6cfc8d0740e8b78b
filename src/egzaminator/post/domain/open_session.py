import re
import smtplib
import ssl
from typing import Final

from egzaminator.kernel.environment import MailServer, Security
from egzaminator.post.domain.mail_addresses import own_domain
from egzaminator.post.domain.reply import clean, decode
from egzaminator.post.enums import Trouble
from egzaminator.post.errors import MailServerUnavailableError

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

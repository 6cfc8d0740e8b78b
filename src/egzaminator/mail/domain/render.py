"""An e-mail from template to wire: addresses, one-time links, both bodies, headers.

E-mail addresses are in ASCII, since not every server on the way supports SMTPUTF8 (RFC 6531).
"""

import datetime
import ipaddress
import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Final, Self

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from egzaminator.core.board import Board
from egzaminator.core.text import normalise
from egzaminator.core.tokens import token_digest


def one_line(text: str) -> str:
    """Return a text on one line, without control, direction, private-use or unassigned characters.

    What people and servers write goes into headers, paragraphs and columns. There a line break or a reversed text
    direction could pass for something that we wrote.
    """
    if text.isprintable():  # nearly every text is, and has none of them
        return normalise(text)
    return normalise("".join(" " if unicodedata.category(char).startswith("C") else char for char in text))


_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MOST_OCTETS: Final = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
_MOST_OF_NAME: Final = 80
_NOT_IN_NAMES: Final = re.compile(r"[^\w '’.-]")


def mailbox_in_ascii(email: str) -> str | None:
    """Return an e-mail address in ASCII, as servers take it, or None if e-mail cannot be sent there.

    A non-ASCII domain is converted to its IDNA form. A local part with non-ASCII letters, or in quotation marks, has no
    such form.
    """
    local, _, domain = email.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    mailbox = f"{local}@{domain}"
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(mailbox) > _MOST_OCTETS:
        return None
    return mailbox


def own_domain() -> str:
    """Return the domain that our e-mails come from: the public host.

    An IP address is written as a literal (RFC 5321, section 4.1.3).
    """
    return _domain_of(settings.PUBLIC_HOST)


@lru_cache(maxsize=4)
def _domain_of(host: str) -> str:
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host.encode("idna").decode("ascii")
    return f"[IPv6:{ip}]" if isinstance(ip, ipaddress.IPv6Address) else f"[{ip}]"


def email_header(*, name: str, mailbox: str) -> Address:
    """Return the header form of a person's or board's name and an ASCII mailbox.

    The name keeps letters, digits, spaces, hyphens, apostrophes and dots. A header needs no more, and this avoids the
    quoting rules that mail programs disagree about.
    """
    local, _, domain = mailbox.rpartition("@")
    plain = " ".join(_NOT_IN_NAMES.sub(" ", one_line(name)).split())
    return Address(display_name=plain[:_MOST_OF_NAME].strip(), username=local, domain=domain)


def public_url(path: str) -> str:
    """Return the absolute URL, as e-mails carry it, of a path that begins with a slash."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


class OneTimeUrl(str):
    """The absolute URL of the page behind a mailed one-time link. Whoever has it may do what the page does.

    An e-mail with such a URL is not sent after its `expires_at`. No sent copy keeps the URL.
    """

    __slots__ = ("expires_at",)
    expires_at: datetime.datetime

    def __new__(cls, url: str, *, expires_at: datetime.datetime) -> Self:
        """Make it from the URL and the moment at which the link expires."""
        made = super().__new__(cls, url)
        made.expires_at = expires_at
        return made

    @property
    def digest(self) -> bytes:
        """The digest of the token that the URL ends with: what the link's row is found by."""
        return token_digest(self.rstrip("/").rpartition("/")[2])


_MOST_OF_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Parts:
    """The text of an e-mail: the subject on one line, and both bodies."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Button:
    """How the HTML of an e-mail shows its one-time link: as a button with these words.

    `is_warning` says that the link is for somebody who did not do what the e-mail tells ("it was not me"). Its button
    is plain, because most recipients do not need it.
    """

    label: str | Promise
    is_warning: bool = False


def render_parts(*, kind: str, language: str, context: Mapping[str, object], button: Button | None = None) -> Parts:
    """Render an e-mail in a language.

    The words come from the kind's template, in plain text; its first line is the subject. A greeting and the board's
    signature are put around them. The HTML says the same. There the one-time link is the `button`, with the bare URL
    below it, and those other URLs of ours that stand alone on a line are links.
    """
    plain = {key: one_line(value) if isinstance(value, str) else value for key, value in context.items()}
    with override(language):
        subject, _, body = render_text(kind, plain).partition("\n")
        subject = one_line(subject)[:_MOST_OF_SUBJECT]
        body = body.strip()
        greeting, signature = render_text("greeting", plain), render_text("signature", plain)
        layout = {
            "language": language,
            "subject": subject,
            "board": plain["board"],
            "preheader": body.partition("\n")[0],
            "paragraphs": paragraphs_of(f"{greeting}\n\n{body}"),
            "signature": paragraphs_of(signature),
            "links": _links(plain),
            "button": button,
            "button_url": _one_time_url(context) if button else None,
        }
        html = render_to_string("mail/layout.html", layout)
    return Parts(subject=subject, text=f"{greeting}\n\n{body}\n\n{signature}\n", html=without_indents(html))


def render_text(name: str, context: Mapping[str, object]) -> str:
    """Return a template of `templates/mail/` as plain text. Its values are on one line each."""
    # The loader's template only wraps the one that can render without HTML escaping: this is plain text.
    template: Template = get_template(f"mail/{name}.txt").template  # type: ignore[attr-defined]  # not in the stubs
    return template.render(Context(dict(context), autoescape=False)).strip()


def _one_time_url(context: Mapping[str, object]) -> OneTimeUrl | None:
    return next((value for value in context.values() if isinstance(value, OneTimeUrl)), None)


def without_indents(html: str) -> str:
    """Return the HTML of an e-mail without empty lines and the templates' indents."""
    return "\n".join(line for line in map(str.strip, html.splitlines()) if line) + "\n"


def paragraphs_of(text: str) -> list[list[str]]:
    """Return the lines of each paragraph of a plain text."""
    return [paragraph.splitlines() for paragraph in text.strip().split("\n\n")]


def _links(context: Mapping[str, object]) -> set[str]:
    home = f"{settings.PUBLIC_BASE_URL}/"
    return {value for value in context.values() if isinstance(value, str) and value.startswith(home)}


SENDER: Final = "nie-odpowiadaj"  # the local part of the address that all e-mails come from


def message_id_of(row_id: uuid.UUID) -> str:
    """Return the Message-ID of an e-mail, by which the servers on the way recognise a repeated delivery."""
    return f"<{row_id.hex}@{own_domain()}>"


def compose_email(
    *,
    row_id: uuid.UUID,
    created_at: datetime.datetime,
    board: Board,
    to: str,
    recipient_name: str,
    language: str,
    parts: Parts,
) -> bytes:
    """Return the e-mail as it is sent over the wire.

    Take the row's id and creation time, the board that writes, the recipient's mailbox in ASCII, name and language, and
    the rendered parts. The result is ASCII with CRLF line ends; both bodies are UTF-8, encoded as quoted-printable.
    """
    email = EmailMessage(policy=SMTP)
    email["From"] = email_header(name=board.name, mailbox=f"{SENDER}@{own_domain()}")
    email["To"] = email_header(name=recipient_name, mailbox=to)
    email["Reply-To"] = email_header(name=board.name, mailbox=board.email)
    email["Subject"] = parts.subject
    email["Date"] = timezone.localtime(created_at)
    email["Message-ID"] = message_id_of(row_id)
    # RFC 3834, section 5. Exchange has a header of its own; "All" in it would suppress bounces as well.
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    email.set_content(parts.text, cte="quoted-printable")
    email.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    email["Content-Language"] = language  # set last: turning multipart moves such headers to the first part
    return email.as_bytes()

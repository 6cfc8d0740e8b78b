"""The e-mail of a mailing: rendered once, but for what is each person's own, which is put in for each of them.

The e-mail package takes a millisecond for one e-mail. A mailing has thousands, all with the same words, so only the
parts that differ are made for each.
"""

import binascii
import datetime
import hashlib
import re
import uuid
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override

from egzaminator.core.board import Board, current_board
from egzaminator.core.pesel import Pesel
from egzaminator.core.process_state import process_state
from egzaminator.core.text import full_name
from egzaminator.mail.domain.render import (
    email_header,
    message_id_of,
    one_line,
    own_domain,
    paragraphs_of,
    public_url,
    render_text,
    without_indents,
)
from egzaminator.mailings.domain.markup import FIELDS, as_text, parse
from egzaminator.mailings.domain.salutation import salutation
from egzaminator.mailings.domain.unsubscribe import unsubscribe_url
from egzaminator.mailings.enums import MailingKind

_NOT_IN_NAMES: Final = re.compile(r"[^\w '’.-]")
_MOST_OF_NAME: Final = 80
# A word of a header has 75 characters at most (RFC 2047, section 2); base64 makes four of three octets.
_OCTETS_IN_WORD: Final = 45


@dataclass(frozen=True, slots=True)
class Person:
    """What a mailing says of one of its recipients, all of it from the register."""

    examiner_id: uuid.UUID
    first_names: str
    surname: str
    pesel: Pesel | None
    chosen: str = ""
    """How they want to be addressed, a `Salutation`."""

    @property
    def name(self) -> str:
        """The full name."""
        return one_line(full_name(self.first_names, self.surname))

    def values(self, *, numbers: str) -> dict[str, str]:
        """Return what the fields are filled in with. `numbers` stands for the registration numbers."""
        first, _, _ = self.first_names.partition(" ")
        return {
            "imię": one_line(full_name(first)),
            "nazwisko": one_line(full_name(self.surname)),
            "zwrot": salutation(chosen=self.chosen, pesel=self.pesel),
            "numery": numbers,
        }


@dataclass(frozen=True, slots=True)
class Text:
    """What staff wrote: the words of a mailing, with their fields."""

    mailing_id: uuid.UUID
    kind: str
    subject: str
    body: str
    has_attachments: bool = False


def email_id_of(*, mailing_id: uuid.UUID, examiner_id: uuid.UUID, rounds: int = 0) -> uuid.UUID:
    """Return the id of the e-mail of a mailing to somebody. Each time that it is sent anew has another one.

    It is made from both ids, so a preview has the Message-ID that the e-mail will have, and a job that was killed
    makes the same e-mail again. `domain/sending.py` has it in SQL.
    """
    return uuid.UUID(hashlib.md5(f"{mailing_id}{examiner_id}{rounds}".encode(), usedforsecurity=False).hexdigest())


_VALUE: Final = re.compile(rf"\{{({'|'.join(FIELDS)}|url)\}}")


class _Body:
    """One of the two bodies, in quoted-printable. Lines that are the same for everybody are encoded only once."""

    def __init__(self, text: str) -> None:
        # Each is a piece that is encoded already, or a line cut at its fields: words and names of fields by turns.
        self._pieces: list[str | list[str]] = []
        lines = groupby(text.splitlines(keepends=True), key=lambda line: _VALUE.search(line) is not None)
        for has_fields, group in lines:
            joined = "".join(group)
            self._pieces.append(_VALUE.split(joined) if has_fields else _quoted_printable(joined))

    def encoded(self, values: Mapping[str, str]) -> str:
        """Return the body with the fields filled in."""
        return "".join(
            piece if isinstance(piece, str) else _quoted_printable("".join(_filled(piece, values)))
            for piece in self._pieces
        )


def _filled(pieces: list[str], values: Mapping[str, str]) -> Iterator[str]:
    for index, piece in enumerate(pieces):
        yield values[piece] if index % 2 else piece


def _quoted_printable(lines: str) -> str:
    """Return whole lines in quoted-printable (RFC 2045, section 6.7), with CRLF line ends."""
    return binascii.b2a_qp(lines.replace("\n", "\r\n").encode(), istext=True).decode("ascii")


class Letter:
    """The e-mail of one mailing, without what is a person's own."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._is_informational = text.kind == MailingKind.INFORMATIONAL
        board = current_board()
        with override(settings.LANGUAGE_CODE):
            self._numbers = gettext("numbers: in “My account”")
            self._head = self._headers(board.name, board.email)
            # What differs from person to person and is no field is filled in like one.
            unsubscribe = "{url}" if self._is_informational else ""
            closing = render_text(
                "mailing-closing",
                {
                    "page": public_url(f"/konto/wiadomosci/{text.mailing_id}/"),
                    "unsubscribe": unsubscribe,
                    "has_attachments": text.has_attachments,
                },
            )
            signature = render_text("signature", {"board": board})
            blocks = parse(text.body)
            plain = as_text(blocks)
            html = render_to_string(
                "mailings/letter.html",
                {
                    "language": settings.LANGUAGE_CODE,
                    "subject": text.subject,
                    "board": board,
                    "preheader": plain.partition("\n")[0],
                    "blocks": blocks,
                    "closing": paragraphs_of(closing),
                    "signature": paragraphs_of(signature),
                    "links": {public_url(f"/konto/wiadomosci/{text.mailing_id}/"), unsubscribe},
                },
            )
        self._plain = _Body(f"{plain}\n\n{closing}\n\n{signature}\n")
        self._html = _Body(without_indents(html))

    def wire_for(self, person: Person, *, email_id: uuid.UUID, mailbox: str, created_at: datetime.datetime) -> bytes:
        """Return the e-mail to somebody as it is sent over the wire. `mailbox` is in ASCII."""
        values = self._values(person)
        boundary = f"=_{email_id.hex}"
        head = (
            f"To: {header_mailbox(name=person.name, mailbox=mailbox)}\r\n"
            f"Date: {_date_header(created_at)}\r\n"
            f"Message-ID: {message_id_of(email_id)}\r\n"
        )
        if self._is_informational:
            head += f"List-Unsubscribe: <{values['url']}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        escaped = {name: escape(value) for name, value in values.items()}
        parts = {"plain": self._plain.encoded(values), "html": self._html.encoded(escaped)}
        body = "".join(
            f"--{boundary}\r\n"
            f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
            f"{encoded}\r\n"
            for subtype, encoded in parts.items()
        )
        kind = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
        return f"{self._head}{head}{kind}\r\n{body}--{boundary}--\r\n".encode("ascii")

    def _values(self, person: Person) -> dict[str, str]:
        url = unsubscribe_url(examiner_id=person.examiner_id) if self._is_informational else ""
        with override(settings.LANGUAGE_CODE):
            return person.values(numbers=self._numbers) | {"url": url}

    def _headers(self, name: str, mailbox: str) -> str:
        """Return the headers that all have in common, as mail/domain/render.py writes them."""
        email = EmailMessage(policy=SMTP)
        email["From"] = email_header(name=name, mailbox=f"nie-odpowiadaj@{own_domain()}")
        email["Reply-To"] = email_header(name=name, mailbox=mailbox)
        email["Subject"] = self._text.subject
        email["Auto-Submitted"] = "auto-generated"
        email["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        email["MIME-Version"] = "1.0"
        email["Content-Language"] = settings.LANGUAGE_CODE
        return email.as_bytes().decode("ascii").removesuffix("\r\n")


class Letters:
    """The letters that this process has lately rendered: a worker sends one mailing in many batches."""

    MOST = 4

    def __init__(self) -> None:
        self.kept: dict[tuple[Text, Board], Letter] = {}


def letter_of(text: Text) -> Letter:
    """Return the letter of a text that does not change any more, rendered once for all batches of a worker."""
    kept = process_state.get(Letters).kept
    key = text, current_board()
    letter = kept.get(key)
    if letter is None:
        if len(kept) >= Letters.MOST:
            kept.clear()
        letter = kept[key] = Letter(text)
    return letter


@lru_cache(maxsize=4)
def _date_header(created_at: datetime.datetime) -> str:
    """Return the date for a header. All e-mails of a mailing are queued at one moment."""
    return format_datetime(timezone.localtime(created_at))


def header_mailbox(*, name: str, mailbox: str) -> str:
    """Return a name and an ASCII mailbox for a header: the name in quotation marks or in encoded words (RFC 2047)."""
    plain = " ".join(_NOT_IN_NAMES.sub(" ", name).split())[:_MOST_OF_NAME].strip()
    if not plain:
        return mailbox
    if plain.isascii():
        return f'"{plain}"\r\n <{mailbox}>'
    words = [f"=?utf-8?b?{b64encode(word).decode()}?=" for word in _words(plain)]
    return "\r\n ".join([*words, f"<{mailbox}>"])


def _words(name: str) -> Iterator[bytes]:
    """Cut a name into pieces that fit into encoded words, between characters (RFC 2047, section 5)."""
    word = b""
    for char in name:
        octets = char.encode()
        if len(word) + len(octets) > _OCTETS_IN_WORD:
            yield word
            word = b""
        word += octets
    yield word

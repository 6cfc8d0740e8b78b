import re
from dataclasses import dataclass
from typing import Final

from egzaminator.mail.domain.render import one_line
from egzaminator.mail.enums import Cause

_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+", re.IGNORECASE)
_EMAIL: Final = re.compile(r"<[^<>]*>|[^\s@]+@[^\s@]+")
_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
# Encoding of Polish servers that do not use UTF-8. In Polish letters, Windows-1250 and ISO-8859-2 differ only in
# ĄŚŹąśź.
_FALLBACK: Final = "cp1250"
_POLISH_IN_LATIN_2: Final = re.compile(rb"[\xa1\xa6\xac\xb1\xb6\xbc]")
_MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail server's reply, in text fit to be shown; without a code, what happened instead of a reply."""

    code: int | None
    text: str
    cause: Cause = Cause.PASSING
    """Whose trouble a refusal is about; meaningless for an accepted e-mail."""

    @property
    def is_accepted(self) -> bool:
        """Whether the server has taken the message over."""
        return self.code is not None and 200 <= self.code <= 299  # noqa: PLR2004 -- RFC 5321, section 4.2.1

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code (RFC 3463) that the text begins with, or None."""
        return enhanced_status(self.text)

    @property
    def words(self) -> str:
        """Code and text in one string."""
        return f"{self.code or ''} {self.text}".strip()


def enhanced_status(text: str) -> tuple[int, int] | None:
    """Return subject and detail of the enhanced status code that a server's text begins with, or None."""
    found = _ENHANCED.match(text)
    if found is None:
        return None
    _, subject, detail = found.group().split(".")
    return int(subject), int(detail)


def decode(text: bytes) -> str:
    """Decode a server's bytes: UTF-8 by the standard, else Windows-1250 or ISO-8859-2, the encodings of Polish."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        encoding = "iso8859-2" if _POLISH_IN_LATIN_2.search(text) else _FALLBACK
        return text.decode(encoding, errors="replace")


def clean(words: str) -> str:
    """Return text from outside on one line, without URLs, cut to at most 300 characters."""
    line = " ".join(_URL.sub(" ", one_line(words)).split())
    return line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"


def without_emails(words: str) -> str:
    """Return a server's text without the e-mail addresses that it repeats."""
    return _EMAIL.sub("…", words)


# Replies that we make ourselves, in the words of a server (RFC 6531, section 3.2; RFC 3463, section 3.7).
UNSENDABLE_EMAIL: Final = Reply(553, "5.6.7 Non-ASCII or malformed address", Cause.ADDRESS)
UNDECRYPTABLE_CONTENT: Final = Reply(554, "5.6.0 Content cannot be read", Cause.CONTENT)

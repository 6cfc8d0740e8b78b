import re
from dataclasses import dataclass
from typing import Final

from egzaminator.post.domain.one_line import one_line

_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+", re.IGNORECASE)
_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mail server answered, in words fit to be shown; without a code, what happened instead of an answer."""

    code: int | None
    text: str

    @property
    def is_accepted(self) -> bool:
        """Whether the server has taken the message over."""
        return self.code is not None and 200 <= self.code <= 299  # noqa: PLR2004 -- RFC 5321, section 4.2.1

    @property
    def is_final(self) -> bool:
        """Whether the server will answer the same however often it is asked."""
        return self.code is not None and self.code >= 500  # noqa: PLR2004 -- RFC 5321, section 4.2.1

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code (RFC 3463), where the text begins with one."""
        found = _ENHANCED.match(self.text)
        if found is None:
            return None
        _, subject, detail = found.group().split(".")
        return int(subject), int(detail)


def read_reply(code: int, text: bytes) -> Reply:
    """Take a code and what smtplib joined of the lines; give them cleaned: no addresses of pages, 300 characters."""
    return Reply(code, clean(text.decode(errors="replace")))


def clean(words: str) -> str:
    """Take words from outside; give them on one line, without addresses of pages, in 300 characters at most."""
    line = " ".join(_URL.sub(" ", one_line(words)).split())
    return line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"


# What we answer ourselves, in the words a server would use (RFC 6531, section 3.2; RFC 3463, section 3.7).
UNSENDABLE_ADDRESS: Final = Reply(553, "5.6.7 Non-ASCII or malformed address")
UNREADABLE_CONTENT: Final = Reply(554, "5.6.0 Content cannot be read")

"""The markup of mailings: `**bold**`, `- list`, `[text](https://…)`, and an empty line between paragraphs.

Everything else is text, and is sent as it was typed. A parsed text is made of blocks, lines and spans, from which both
bodies of an e-mail and the page in "My account" are made.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from egzaminator.core.text import drop_invisible
from egzaminator.mail.domain.render import one_line
from egzaminator.mailings.errors import MarkupError

# What a text may be filled in with, by its name in braces.
FIELDS: Final = ("imię", "nazwisko", "zwrot", "numery")
MOST_LETTERS: Final = 20_000
_BOLD: Final = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_LINK: Final = re.compile(r"\[([^\[\]]+)\]\(([^()]*)\)")
_BROKEN_LINK: Final = re.compile(r"\]\(\S*")
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_URL: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-~]*)?")
_LONGEST_URL: Final = 900  # a line of an e-mail has 998 octets at most (RFC 5322, section 2.1.1)
_ITEM: Final = re.compile(r"- +(?=\S)")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line."""

    text: str
    is_bold: bool = False
    url: str = ""
    """Where it leads; "" for text that is no link."""

    @property
    def host(self) -> str:
        """The host that it leads to, which is shown with it."""
        return urlsplit(self.url).hostname or ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list, of lines."""

    lines: tuple[Line, ...]
    is_list: bool = False


def clean(text: str) -> str:
    """Return a typed text without invisible characters, with single spaces and single empty lines."""
    lines = [one_line(line) for line in drop_invisible(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def check(text: str) -> None:
    """Raise `MarkupError` if a cleaned text has a field that there is not, or a link that cannot be sent."""
    for found in _BRACES.finditer(text):
        if found[1] not in FIELDS:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise MarkupError(
                _("There is no field %(field)s. Fields are: %(known)s.") % {"field": found[0], "known": known}
            )
    wrong = [found[0] for found in _LINK.finditer(text) if not _is_safe(found[2])]
    wrong += [found[0] for found in _BROKEN_LINK.finditer(_LINK.sub("", text))]
    if wrong:
        raise MarkupError(
            _("The link %(link)s cannot be sent: write its whole address, beginning with https://.")
            % {"link": wrong[0]}
        )


def has_field(text: str, name: str) -> bool:
    """Return whether a text has a field."""
    return f"{{{name}}}" in text


def parse(text: str) -> list[Block]:
    """Return the blocks of a cleaned text. A list may begin right below a line of a paragraph, and end so."""
    return [block for part in text.split("\n\n") for block in _blocks(part.split("\n"))]


def _blocks(lines: list[str]) -> Iterator[Block]:
    group: list[Line] = []
    is_list = False
    for line in lines:
        item = _ITEM.match(line)
        if group and bool(item) != is_list:
            yield Block(tuple(group), is_list)
            group = []
        is_list = bool(item)
        group.append(tuple(_spans(line[item.end() :] if item else line)))
    if group:
        yield Block(tuple(group), is_list)


def _spans(line: str) -> Iterator[Span]:
    at = 0
    for found in _BOLD.finditer(line):
        yield from _links(line[at : found.start()], is_bold=False)
        yield from _links(found[1], is_bold=True)
        at = found.end()
    yield from _links(line[at:], is_bold=False)


def _links(text: str, *, is_bold: bool) -> Iterator[Span]:
    at = 0
    for found in _LINK.finditer(text):
        if not _is_safe(found[2]):
            continue
        if found.start() > at:
            yield Span(text[at : found.start()], is_bold)
        yield Span(found[1], is_bold, found[2])
        at = found.end()
    if at < len(text):
        yield Span(text[at:], is_bold)


def _is_safe(url: str) -> bool:
    """Return whether an address is an ASCII one that begins with https:// and a plain host, without a user's name.

    A host in other letters could look like another one; its ASCII form is shown as it is.
    """
    return len(url) <= _LONGEST_URL and _URL.fullmatch(url) is not None and not any(char in url for char in "<>\"'\\{}")


def as_text(blocks: list[Block]) -> str:
    """Return the blocks as plain text: the marks of bold text are gone, and a link is followed by its address."""
    return "\n\n".join("\n".join(_text_lines(block)) for block in blocks)


def _text_lines(block: Block) -> Iterator[str]:
    for line in block.lines:
        text = "".join(f"{span.text} ({span.url})" if span.url else span.text for span in line)
        yield f"- {text}" if block.is_list else text


def filled(blocks: list[Block], values: Mapping[str, str]) -> list[Block]:
    """Return the blocks with their fields filled in. What is filled in is text, whatever it looks like."""
    return [
        Block(tuple(tuple(_filled_span(span, values) for span in line) for line in block.lines), block.is_list)
        for block in blocks
    ]


def _filled_span(span: Span, values: Mapping[str, str]) -> Span:
    text = _BRACES.sub(lambda found: values.get(found[1] or "", found[0]), span.text)
    return Span(text, span.is_bold, span.url)

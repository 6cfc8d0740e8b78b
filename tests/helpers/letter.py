"""Reads the HTML of an e-mail as a mail program does that drops style sheets and knows only styles of elements."""

from dataclasses import dataclass
from html.parser import HTMLParser

VOID = {"meta", "br"}
SILENT = {"style", "title"}
Style = dict[str, str]


@dataclass(frozen=True)
class Element:
    """An open element with its attributes, and the style that it has from itself and from those around it."""

    tag: str
    attributes: dict[str, str]
    style: Style


@dataclass(frozen=True)
class Run:
    """Words as they stand between two tags, with the elements around them, the innermost last."""

    words: str
    around: tuple[Element, ...]

    @property
    def style(self) -> Style:
        return self.around[-1].style

    def is_in(self, name: str) -> bool:
        """Return whether an element of that tag or class is around the words."""
        return any(name == one.tag or name in one.attributes.get("class", "").split() for one in self.around)


class Letter(HTMLParser):
    """The elements and the words of a letter. Badly nested HTML is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.runs: list[Run] = []
        self.comments: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @property
    def tags(self) -> set[str]:
        return {one.tag for one in self.elements}

    @property
    def links(self) -> list[str]:
        return [one.attributes["href"] for one in self.elements if one.tag == "a"]

    @property
    def shown(self) -> list[Run]:
        """The words that a reader sees."""
        return [run for run in self.runs if run.style.get("display") != "none"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        own = dict(part.split(": ") for part in attributes.get("style", "").split("; ") if part)
        around = self._open[-1].style if self._open else {}
        element = Element(tag, attributes, around | own)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1].tag not in SILENT:
            self.runs.append(Run(" ".join(data.split()), tuple(self._open)))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours like `#0b2a52` (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

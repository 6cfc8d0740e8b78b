"""Read the files of `default_content/`: well-formed HTML documents, each with one article in reading order.

| in the file | becomes |
|---|---|
| `<title>`, `<meta name="description">` | the page's title and lead |
| `<ol class="steps">`, each `<li>` with an `<h3>` and optionally an `<img>` | steps |
| `<aside class="info">` (or `warning`, `success`) | a callout |
| `<img>` | an image; `src` names a file of `obrazy/` |
| `<aside data-board="contact">` (or `controller`, `officer`) | the board's data, from the settings that staff edit |
| `<section data-field="procedure">` | the field of that name, for a page type that has it |
| anything else, in document order | text |
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

FOLDER: Final = Path(__file__).resolve().parent.parent / "default_content"
IMAGES: Final = FOLDER / "obrazy"

# Ordinary white space only. No-break spaces, which keep words on one line, stay.
_SPACE: Final = re.compile(r"[ \n\t]+")
_AROUND_BLOCKS: Final = re.compile(r" ?(</?(?:h2|h3|p|ul|ol|li)>) ?")

_Image = Callable[[str, str], int]
_Link = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a page. `body` is in Wagtail's stored form of a StreamField, `fields` in that of rich text."""

    title: str
    lead: str
    body: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)


def read_title(key: str) -> str:
    """Return only the title of the page with this key."""
    return _parse(key).findtext("head/title", "")


def read_content(key: str, *, image: _Image, link: _Link) -> Content:
    """Return the text of the page with this key.

    `image` receives a file name and an alternative text, stores the image, and returns its id. `link` receives the URL
    of a link and returns the attributes of the stored `<a>`, or None for a dead link, of which only the text stays.
    """
    document = _parse(key)
    description = document.find("head/meta[@name='description']")
    content = Content(
        title=document.findtext("head/title", ""), lead="" if description is None else description.get("content", "")
    )
    reader = _Reader(image, link)
    for element in document.iterfind("body/*"):
        name = element.get("data-field")
        if name:
            content.fields[name] = reader.markup(*element)
        else:
            reader.add(content.body, element)
    return content


def _parse(key: str) -> ET.Element:
    return ET.parse(FOLDER / f"{key}.html").getroot()  # noqa: S314 -- a file of ours


@dataclass(frozen=True, slots=True)
class _Reader:
    image: _Image
    link: _Link

    def add(self, body: list[dict[str, Any]], element: ET.Element) -> None:
        """Append the element's block to `body`. Text after text is joined to the same block."""
        kind, value = self._block(element)
        if kind == "text" and body and body[-1]["type"] == "text":
            body[-1]["value"] += value
        else:
            body.append({"type": kind, "value": value})

    def markup(self, *elements: ET.Element) -> str:
        """Return the elements in Wagtail's stored form of rich text."""
        html = "".join(ET.tostring(element, encoding="unicode", method="html") for element in elements)
        html = re.sub(r'<a href="([^"]*)">(.*?)</a>', self._stored_link, html, flags=re.DOTALL)
        return _AROUND_BLOCKS.sub(r"\1", _SPACE.sub(" ", html)).strip()

    def _block(self, element: ET.Element) -> tuple[str, Any]:
        match element.tag, element.get("class"), element.get("data-board"):
            case "aside", None, str(what):
                return "board", what
            case "aside", str(tone), None:
                return "callout", {"tone": tone, "text": self.markup(*element)}
            case "ol", "steps", None:
                return "steps", [self._step(step) for step in element]
            case "img", None, None:
                return "image", self._image(element)
            case _:
                return "text", self.markup(element)

    def _step(self, step: ET.Element) -> dict[str, Any]:
        text = [element for element in step if element.tag not in {"h3", "img"}]
        picture = step.find("img")
        return {
            "title": _SPACE.sub(" ", step.findtext("h3", "")).strip(),
            "text": self.markup(*text),
            "image": {"image": None, "decorative": False, "alt_text": ""} if picture is None else self._image(picture),
        }

    def _image(self, element: ET.Element) -> dict[str, Any]:
        alt = _SPACE.sub(" ", element.attrib["alt"])
        return {"image": self.image(Path(element.attrib["src"]).name, alt), "decorative": False, "alt_text": alt}

    def _stored_link(self, found: re.Match[str]) -> str:
        attributes = self.link(found[1])
        return found[2] if attributes is None else f"<a {attributes}>{found[2]}</a>"

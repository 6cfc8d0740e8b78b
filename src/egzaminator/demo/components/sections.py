"""The sections of the page of components: one for each file of `static/css/`, with examples of what it styles.

Each example is a whole template, rendered as the site renders it, but for the frame around it: in its place stands
`demo/bare/base.html`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates

from egzaminator.demo.components.tokens import STYLES

_BARE: Final = Path(__file__).parent.parent / "templates" / "demo" / "bare"
_LAYER: Final = re.compile(r'@import url\("([\w-]+)\.css"\)')
_COMMENT: Final = re.compile(r"/\*\s*(.+?)\s*\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A template, and the variables that it is shown with."""

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A file of styles: its name, what it says of itself, and its examples as template name and HTML."""

    name: str
    about: str
    examples: list[tuple[str, str]]


def style_files() -> list[str]:
    """Return the names of the style sheets in the order of their layers."""
    return _LAYER.findall((STYLES / "site.css").read_text())


def make_sections(examples: Mapping[str, Sequence[Example]], request: HttpRequest) -> list[Section]:
    """Return a section for each style sheet, with its examples rendered. Raise `KeyError` if one has no examples."""
    engine = _bare_engine()
    return [
        Section(
            name,
            _about(name),
            [
                (example.template, engine.get_template(example.template).render(dict(example.context), request))
                for example in examples[name]
            ],
        )
        for name in style_files()
    ]


def _about(name: str) -> str:
    """Return the comment at the beginning of a style sheet."""
    comment = _COMMENT.match((STYLES / f"{name}.css").read_text())
    return " ".join(comment[1].split()) if comment else ""


def _bare_engine() -> DjangoTemplates:
    """Return a template engine like the site's, whose `base.html` is the bare one. It is new, and so are its files."""
    own: dict[str, Any] = {name: value for name, value in settings.TEMPLATES[0].items() if name != "BACKEND"}
    return DjangoTemplates(own | {"NAME": "bare", "DIRS": [_BARE, *own["DIRS"]], "OPTIONS": dict(own["OPTIONS"])})

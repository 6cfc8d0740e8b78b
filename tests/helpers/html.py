"""Reads pages as people do: by their words."""

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Protocol, TypeAlias

from django.http import HttpResponse
from django.test import Client

from egzaminator.core.form_marks import MARK_FIELD

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    # What the test client returns: a response with `context`, `json()`, `client`. Only the stubs name this type.
    Response: TypeAlias = _MonkeyPatchedWSGIResponse
else:
    Response = HttpResponse


class HasContent(Protocol):
    """A response of a view or of the test client, or whatever else holds a page."""

    @property
    def content(self) -> bytes: ...


_SILENT = {"script", "style", "template"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.fields: dict[str, str] = {}
        self.marks: dict[str, str] = {}
        self._action = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        named = dict(attrs)
        if tag == "form":
            self._action = named.get("action") or ""
        if tag == "input" and named.get("name") == MARK_FIELD:
            self.marks[self._action] = str(named["value"])
        elif tag == "input" and named.get("name") and named.get("type") not in {"checkbox", "radio"}:
            self.fields[str(named["name"])] = named.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def words_of(response: HasContent) -> str:
    """Return the text of a page, with white space collapsed."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return re.sub(r"\s+", " ", " ".join(reader.words)).strip()


def fields_of(response: HasContent) -> dict[str, str]:
    """Return the values of a page's inputs by name. Include hidden inputs, except the forms' marks."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.fields


def marks_of(response: HasContent) -> dict[str, str]:
    """Return the marks of a page's forms by the form's `action`, `""` for the page's own URL.

    A mark says whom the form was made for.
    """
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.marks


def token_of(client: Client, path: str) -> str:
    """Return the CSRF token of a page's form."""
    return fields_of(client.get(path))["csrfmiddlewaretoken"]

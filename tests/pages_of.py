"""Reads pages as people do: by their words."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

from egzaminator.kernel.form_marks import MARK_FIELD

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


def words_of(response: HttpResponse) -> str:
    """Give the text of a page with its white space folded."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return re.sub(r"\s+", " ", " ".join(reader.words)).strip()


def fields_of(response: HttpResponse) -> dict[str, str]:
    """Give the inputs of a page and what stands in them, hidden ones included, but not whom the forms are for."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.fields


def marks_of(response: HttpResponse) -> dict[str, str]:
    """Give whom the forms of a page say that they are for, by the address that each is sent to; `""` is the page's."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.marks


def token_of(client: Client, path: str) -> str:
    """Give the CSRF token of a page's form."""
    return fields_of(client.get(path))["csrfmiddlewaretoken"]

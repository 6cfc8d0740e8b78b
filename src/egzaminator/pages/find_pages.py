from dataclasses import dataclass
from typing import Final

from wagtail.models import Page
from wagtail.search.query import PlainText

from egzaminator.pages.search_words import page_text, split_at_words, stems

# A site has some hundred pages; whoever is shown so many will not read them all.
MOST_RESULTS: Final = 100
# Characters of an excerpt before and after the first word found.
_BEFORE, _AFTER = 60, 140


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that was found, and the words around what was looked for, in pieces: each with whether it is that."""

    title: str
    url: str
    excerpt: list[tuple[str, bool]]


def find_pages(query: str) -> list[Page]:
    """Take what a visitor typed; give the pages that hold any of its words.

    Those come first whose titles hold most of them, then those that hold most of them anywhere; among equals, those
    with the words that fewest pages hold, and then those that stand first in the menu.
    """
    beginnings = stems(query)
    found: dict[int, Page] = {}
    holding: dict[str, set[int]] = {}
    for beginning in beginnings:
        pages = list(Page.objects.live().autocomplete(PlainText(beginning))[:MOST_RESULTS])
        found |= {page.pk: page for page in pages}
        holding[beginning] = {page.pk for page in pages}

    def rank(page: Page) -> tuple[int, int, float, str]:
        held = [beginning for beginning in beginnings if page.pk in holding[beginning]]
        in_title = sum(any(is_hit for _, is_hit in split_at_words(page.title, [one])) for one in beginnings)
        return -in_title, -len(held), -sum(1 / len(holding[one]) for one in held), page.path

    return sorted(found.values(), key=rank)[:MOST_RESULTS]


def describe(pages: list[Page], query: str) -> list[FoundPage]:
    """Give the pages as results of a query show them."""
    beginnings = stems(query)
    specific = Page.objects.filter(pk__in=[page.pk for page in pages]).specific().in_bulk()
    return [
        FoundPage(page.title, page.url, _excerpt(_below_title(specific[page.pk]), beginnings))
        for page in pages
        if page.pk in specific
    ]


def _below_title(page: Page) -> str:
    return " ".join(page_text(page).removeprefix(page.title).split())


def _excerpt(text: str, beginnings: list[str]) -> list[tuple[str, bool]]:
    """Give the words around the first that was looked for; the first words of the text when only the title has it."""
    before = next((piece for piece, is_hit in split_at_words(text, beginnings) if not is_hit), "")
    place = len(before) if len(before) < len(text) else 0
    start, end = max(0, place - _BEFORE), place + _AFTER
    part = text[start:end]
    if start:
        part = "…" + part.partition(" ")[2]
    if end < len(text):
        part = part.rpartition(" ")[0] + "…"
    return split_at_words(part, beginnings)

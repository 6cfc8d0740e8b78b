"""Full-text search of the public pages, with excerpts."""

from dataclasses import dataclass
from typing import Final

from wagtail.models import Page
from wagtail.search.query import PlainText

from egzaminator.cms.search_words import page_text, split_at_words, stems

# A site has about a hundred pages, and nobody reads through that many results.
MOST_RESULTS: Final = 100
# Characters of an excerpt before and after the start of the first hit.
_BEFORE, _AFTER = 60, 140


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A search result. `excerpt` is a list of pieces of text, each with whether it is a hit."""

    title: str
    url: str
    excerpt: list[tuple[str, bool]]


def find_pages(query: str) -> list[Page]:
    """Return the pages that contain any word of the query, best match first, at most `MOST_RESULTS`.

    `query` is what a visitor typed. Pages are ranked by the number of its words in the title, then by the number of its
    words anywhere, then by how rare those words are among the pages, and last by the order of the menu.
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
    """Return the pages as search results of the query, in the same order."""
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
    """Return the text around the first hit, or the beginning of the text if only the title has a hit."""
    before = next((piece for piece, is_hit in split_at_words(text, beginnings) if not is_hit), "")
    index = len(before) if len(before) < len(text) else 0
    start, end = max(0, index - _BEFORE), index + _AFTER
    part = text[start:end]
    if start:
        part = "…" + part.partition(" ")[2]
    if end < len(text):
        part = part.rpartition(" ")[0] + "…"
    return split_at_words(part, beginnings)

"""The search of the public pages: full text, with excerpts."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.search.query import PlainText

from egzaminator.cms.models import public_pages
from egzaminator.cms.search_words import page_text, split_at_words, stems
from egzaminator.core.text import normalise

# A site has about a hundred pages, and nobody reads through that many results.
MOST_RESULTS: Final = 100
_HOME: Final = 2  # the home page's depth in the tree: below the root
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
    words anywhere, then by how rare those words are among the pages. Last come the home page, which has every word, and
    the order of the menu.
    """
    beginnings = stems(query)
    found: dict[int, Page] = {}
    holding: dict[str, set[int]] = {}
    searched = public_pages()
    for beginning in beginnings:
        pages = list(searched.autocomplete(PlainText(beginning))[:MOST_RESULTS])
        found |= {page.pk: page for page in pages}
        holding[beginning] = {page.pk for page in pages}

    def rank(page: Page) -> tuple[int, int, float, bool, str]:
        held = [beginning for beginning in beginnings if page.pk in holding[beginning]]
        in_title = sum(any(is_hit for _, is_hit in split_at_words(page.title, [one])) for one in beginnings)
        return -in_title, -len(held), -sum(1 / len(holding[one]) for one in held), page.depth == _HOME, page.path

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
    hit = len(before) if len(before) < len(text) else 0
    start, end = max(0, hit - _BEFORE), hit + _AFTER
    part = text[start:end]
    if start:
        part = "…" + part.partition(" ")[2]
    if end < len(text):
        part = part.rpartition(" ")[0] + "…"
    return split_at_words(part, beginnings)


_LONGEST: Final = 100


class SearchForm(forms.Form):
    """The query of the search of the public pages."""

    q = forms.CharField(
        label=_("Search the help and news"),
        max_length=_LONGEST,
        error_messages={"max_length": _("That is too long to search for. Enter one or a few words.")},
    )

    def clean_q(self) -> str:
        """Return the normalised query. Raise `ValidationError` if it contains no word to search for."""
        query = normalise(self.cleaned_data["q"])
        if not stems(query):
            raise forms.ValidationError(_("Enter at least one word of two letters or more."))
        return query


_ON_A_PAGE: Final = 10


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the search form, and the pages found if there is a query.

    Queries are neither logged nor stored, to protect the visitors' privacy.
    """
    if "q" not in request.GET or not request.GET["q"].strip():
        return render(request, "cms/search.html", {"form": SearchForm()})
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "cms/search.html", {"form": form})
    query = form.cleaned_data["q"]
    found = Paginator(find_pages(query), _ON_A_PAGE).get_page(request.GET.get("strona"))
    context = {"form": form, "query": query, "found": found, "results": describe(list(found.object_list), query)}
    return render(request, "cms/search.html", context)

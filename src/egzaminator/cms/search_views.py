from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egzaminator.cms.find_pages import describe, find_pages
from egzaminator.cms.search_forms import SearchForm

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

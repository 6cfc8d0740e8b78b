"""Pages behind the cache."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from wagtail.models import Page

from egzaminator.cms.models import ArticlePage
from egzaminator.web.page_cache import PageCacheMiddleware, public_page
from tests.helpers.public_site import make_home_page


def add_article(title: str) -> Page:
    page = make_home_page().add_child(instance=ArticlePage(title=title, slug="instrukcja"))
    page.save_revision().publish()
    return page


def counted(cookie: str = "") -> tuple[PageCacheMiddleware, list[str]]:
    """Return a view behind the cache, and the list of the paths it was called with."""
    made: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        made.append(request.path)
        response = HttpResponse("page")
        if cookie:
            response.set_cookie(cookie, "1")
        return response

    return PageCacheMiddleware(public_page(view)), made


def ask(view: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    return view(RequestFactory().get("/", headers={"Host": "localhost"}))

"""What search engines ask for."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from egzaminator.pages.public import public_page


class PageSitemap(Sitemap):  # type: ignore[type-arg]  # takes no parameters when it runs
    """Every public page, under PUBLIC_BASE_URL, whatever host was asked."""

    limit = 1000

    def items(self) -> Any:
        """Give the pages, the home page first."""
        return Page.objects.live().public().filter(depth__gt=1).order_by("path")

    def location(self, item: Page) -> str:
        """Give the path of a page."""
        return item.url or "/"

    def lastmod(self, item: Page) -> Any:
        """Give when a page was last published; None for one that never was."""
        return item.last_published_at

    def get_domain(self, site: Any = None) -> str:
        """Give host and port of PUBLIC_BASE_URL."""
        return str(urlsplit(settings.PUBLIC_BASE_URL).netloc)

    def get_protocol(self, protocol: str | None = None) -> str:
        """Give the scheme of PUBLIC_BASE_URL."""
        return str(urlsplit(settings.PUBLIC_BASE_URL).scheme)


# The screens of the service mean nothing to who is not logged in, and results of a search none to search engines.
_ROBOTS = """\
User-agent: *
Disallow: /konto/
Disallow: /en/konto/
Disallow: /panel/
Disallow: /szukaj/
Disallow: /en/szukaj/

Sitemap: {base}/sitemap.xml
"""


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where nothing is for them (RFC 9309), and where the list of pages is."""
    return HttpResponse(_ROBOTS.format(base=settings.PUBLIC_BASE_URL), content_type="text/plain; charset=utf-8")

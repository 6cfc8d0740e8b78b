"""The sitemap and robots.txt, for search engines."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from egzaminator.cms.models import public_pages
from egzaminator.web.page_cache import public_page


class PageSitemap(Sitemap):  # type: ignore[type-arg]  # takes no parameters when it runs
    """The sitemap of all public pages. All URLs begin with `PUBLIC_BASE_URL`, never with the host of the request."""

    limit = 1000

    def items(self) -> Any:
        """Return the public pages, the home page first."""
        return public_pages().filter(depth__gt=1).order_by("path")

    def location(self, item: Page) -> str:
        """Return the URL path of a page."""
        return item.url or "/"

    def lastmod(self, item: Page) -> Any:
        """Return the time when a page was last published, or None if it never was."""
        return item.last_published_at

    def get_domain(self, site: Any = None) -> str:
        """Return the host and port of `PUBLIC_BASE_URL`."""
        return str(urlsplit(settings.PUBLIC_BASE_URL).netloc)

    def get_protocol(self, protocol: str | None = None) -> str:
        """Return the scheme of `PUBLIC_BASE_URL`."""
        return str(urlsplit(settings.PUBLIC_BASE_URL).scheme)


# The service's screens are of no use without a log-in, and our search results are of no use to a search engine.
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
    """Return robots.txt (RFC 9309): the paths that crawlers should skip, and the sitemap's URL."""
    return HttpResponse(_ROBOTS.format(base=settings.PUBLIC_BASE_URL), content_type="text/plain; charset=utf-8")

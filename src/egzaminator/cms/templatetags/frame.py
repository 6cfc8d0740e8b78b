"""Template tags of the frame around a page and of its printed form."""

import re
from typing import Any, Final

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from egzaminator.cms.breadcrumbs import page_breadcrumbs, screen_breadcrumbs
from egzaminator.cms.site_data import SiteData, current_site_data

register = template.Library()

# A link to a page as templates and Wagtail write it, and the beginning of its text. A link to `//host/` does not match:
# no template of ours writes one.
_LINK: Final = re.compile(
    r'<a\b(?P<more>[^>]*?)\shref="(?P<target>https?://[^"]+|/(?:[^"/][^"]*)?)"(?=[^>]*>(?P<words>[^<]*))'
)


@register.inclusion_tag("frame/breadcrumbs.html", takes_context=True)
def breadcrumbs(context: template.Context) -> dict[str, Any]:
    """Show the breadcrumbs of the context's page of the tree, or of the current screen if there is no page."""
    page = context.get("page")
    if isinstance(page, Page):
        return {"breadcrumbs": page_breadcrumbs(page), "here": page.title}
    return {"breadcrumbs": screen_breadcrumbs(context["request"])}


@register.simple_tag
def current_site() -> SiteData:
    """Return the frame's content, for pages that are rendered without a request."""
    return current_site_data()


@register.filter
def current_in(url: str, path: str) -> str:
    """Return the value of `aria-current` for a link to `url` on the page at `path`.

    The value is "page" for the same page, "true" for a page below the link's, and an empty string otherwise.
    """
    if url == path:
        return "page"
    return "true" if path.startswith(url) else ""


@register.filter(is_safe=True)
def with_link_urls(html: SafeString) -> SafeString:
    """Add the absolute URL to every link as `data-url`, which the print stylesheet shows.

    A link whose text is that URL is left as it is.
    """
    return mark_safe(_LINK.sub(_with_url, html))  # noqa: S308 -- the input is safe already


def _with_url(link: re.Match[str]) -> str:
    more, target, words = link.group("more", "target", "words")
    url = target if target.startswith("http") else f"{settings.PUBLIC_BASE_URL.rstrip('/')}{target}"
    if words.strip().rstrip("/") in {url.rstrip("/"), url.partition("://")[2].rstrip("/")}:
        return link.group()
    return f'<a{more} href="{target}" data-url="{url}"'


@register.simple_tag
def in_polish() -> str:
    """Return the note to put after a link to a page that exists only in Polish. It is empty on Polish screens."""
    return "" if get_language() == "pl" else " " + _("(in Polish)")


@register.simple_tag(takes_context=True)
def page_url(context: template.Context) -> str:
    """Return the absolute URL of the page without its query string."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{context['request'].path}"

"""What the frame around a page and its printed form are made with."""

import re
from typing import Any, Final

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from egzaminator.pages.trail import page_trail, screen_trail

register = template.Library()

# A link within the site, as templates and Wagtail write it; not `//host/`, which is another site.
_OWN_LINK: Final = re.compile(r'<a\b([^>]*?)\shref="(/(?:[^"/][^"]*)?)"')


@register.inclusion_tag("pages/frame/breadcrumbs.html", takes_context=True)
def breadcrumbs(context: template.Context) -> dict[str, Any]:
    """Show what lies above the page of the tree, or else above the screen, that the context is of."""
    page = context.get("page")
    if isinstance(page, Page):
        return {"trail": page_trail(page), "here": page.title}
    return {"trail": screen_trail(context["request"])}


@register.filter
def current_in(address: str, path: str) -> str:
    """Give what `aria-current` says of a link on the page with this path; nothing if it leads elsewhere."""
    if address == path:
        return "page"
    return "true" if path.startswith(address) else ""


@register.filter(is_safe=True)
def with_addresses(html: SafeString) -> SafeString:
    """Have every link within the site carry its whole address, for the print stylesheet to show."""
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    return mark_safe(_OWN_LINK.sub(rf'<a\1 href="\2" data-address="{base}\2"', html))  # noqa: S308 -- safe as it came


@register.simple_tag(takes_context=True)
def own_address(context: template.Context) -> str:
    """Give the whole address of the page without what follows a question mark."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{context['request'].path}"

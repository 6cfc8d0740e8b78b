"""What the frame around a page and its printed form are made with."""

import re
from typing import Any, Final

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from egzaminator.pages.trail import page_trail, screen_trail

register = template.Library()

# A link to a page, as templates and Wagtail write it, and its first words; not `//host/`, which none of ours writes.
_LINK: Final = re.compile(
    r'<a\b(?P<more>[^>]*?)\shref="(?P<target>https?://[^"]+|/(?:[^"/][^"]*)?)"(?=[^>]*>(?P<words>[^<]*))'
)


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
    """Have every link to a page carry its whole address, unless it reads so, for the print stylesheet to show."""
    return mark_safe(_LINK.sub(_with_address, html))  # noqa: S308 -- safe as it came


def _with_address(link: re.Match[str]) -> str:
    more, target, words = link.group("more", "target", "words")
    address = target if target.startswith("http") else f"{settings.PUBLIC_BASE_URL.rstrip('/')}{target}"
    if words.strip().rstrip("/") in {address.rstrip("/"), address.partition("://")[2].rstrip("/")}:
        return link.group()
    return f'<a{more} href="{target}" data-address="{address}"'


@register.simple_tag
def in_polish() -> str:
    """Give what a link to a page that is only in Polish says behind its name, in every other language."""
    return "" if get_language() == "pl" else " " + _("(in Polish)")


@register.simple_tag(takes_context=True)
def own_address(context: template.Context) -> str:
    """Give the whole address of the page without what follows a question mark."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{context['request'].path}"

"""Breadcrumbs: the links from the home page to the current page or screen."""

from typing import Final

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from egzaminator.accounts.models import Account
from egzaminator.cms.models import HomePage
from egzaminator.cms.site_data import SiteLink

# Titles of the screens that have others below them, by URL name.
_OF_EXAMINERS: Final = {
    "my-account": _("My account"),
    "messages": _("Messages from the board"),
    "second-factor": _("Second factor and passkeys"),
}
_OF_STAFF: Final = {"panel": _("Staff panel"), "second-factor": _("Second factor and passkeys")}


def page_breadcrumbs(page: Page) -> list[SiteLink]:
    """Return the breadcrumbs of a page of the tree: its published ancestors, the home page first."""
    above = page.get_ancestors().live().filter(depth__gt=1).specific()
    return [_home_link() if isinstance(one, HomePage) else SiteLink(one.title, one.url) for one in above]


def screen_breadcrumbs(request: HttpRequest) -> list[SiteLink]:
    """Return the breadcrumbs of a screen, derived from its URL path, the home page first. They are empty at home.

    Visitors who are not logged in see no account screen in them, though the log-in's URL begins like those of accounts.
    """
    if request.path == reverse("home"):
        return []
    breadcrumbs = [_home_link()]
    user = getattr(request, "user", None)  # missing on a request that is refused early
    if isinstance(user, Account):
        titles = _OF_EXAMINERS if user.is_examiner else _OF_STAFF
        for path in _paths_above(request.path):
            match = _resolved(path)
            if match and match.url_name in titles:
                breadcrumbs.append(SiteLink(str(titles[match.url_name]), path))
    return breadcrumbs


def _home_link() -> SiteLink:
    return SiteLink(str(_("Home")), reverse("home"))


def _paths_above(path: str) -> list[str]:
    parts = path.strip("/").split("/")[:-1]
    return [f"/{'/'.join(parts[: count + 1])}/" for count in range(len(parts))]


def _resolved(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None

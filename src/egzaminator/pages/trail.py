"""The way from the home page to where a visitor is."""

from typing import Final

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from egzaminator.accounts.models import Account
from egzaminator.pages.models import HomePage
from egzaminator.pages.site_data import SiteLink

# Screens that others lie below, by the names of their addresses.
_OF_EXAMINERS: Final = {"my-account": _("My account"), "second-factor": _("Second factor and passkeys")}
_OF_STAFF: Final = {"wagtailadmin_home": _("Staff panel"), "second-factor": _("Second factor and passkeys")}


def page_trail(page: Page) -> list[SiteLink]:
    """Give the pages that a page of the tree lies below, the home page first."""
    above = page.get_ancestors().live().filter(depth__gt=1).specific()
    return [_home_link() if isinstance(one, HomePage) else SiteLink(one.title, one.url) for one in above]


def screen_trail(request: HttpRequest) -> list[SiteLink]:
    """Give the screens of the service that this one lies below by its address, the home page first.

    Strangers see no screen of an account in it, though the address of the log-in begins like theirs.
    """
    if request.path == reverse("home"):
        return []
    trail = [_home_link()]
    user = getattr(request, "user", None)  # a request that is refused early has none
    if isinstance(user, Account):
        titles = _OF_EXAMINERS if user.is_examiner else _OF_STAFF
        for path in _paths_above(request.path):
            match = _resolved(path)
            if match and match.url_name in titles:
                trail.append(SiteLink(str(titles[match.url_name]), path))
    return trail


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

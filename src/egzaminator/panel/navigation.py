"""The panel's navigation: its screens in order, each for the staff with its permission."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.panel.review.registry import count_waiting, kinds_for, number_text
from egzaminator.staff.domain.act_lists import VIEW_ACT

CHANGE_CONTACT: Final = "cms.change_contact"
CHANGE_BOARD: Final = "cms.change_boardsettings"
CHANGE_SCOPES: Final = "register.change_scope"
ALLOW_ALONE: Final = "staff.allow_alone"
MANAGE_STAFF: Final = "staff.manage_staff"
ADD_IMPORT: Final = "register.add_import"
VIEW_JOURNAL: Final = "audit.view_event"
VIEW_PROTECTION: Final = "audit.view_protection"
PUBLISH_NOTICE: Final = "accounts.publish_privacynotice"
EDIT_PAGES: Final = "wagtailcore.change_page"
ENTER_WAGTAIL: Final = "wagtailadmin.access_admin"  # the pages, and the board's settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the navigation."""

    url_name: str
    label: Promise
    permissions: frozenset[str] = frozenset()
    """One of these is needed. Empty: the entry is for all staff."""
    count: Callable[[Account], str] | None = None
    """Return the number behind the label, for a staff member; "" for none.

    A page of the panel counts anew each time, so it has to be quick.
    """
    counted: Promise | None = None
    """What is counted, for people who do not see where the number stands."""

    @property
    def url(self) -> str:
        """The URL of the screen. Screens below it belong to the same entry."""
        return reverse(self.url_name)


def _count_waiting(member: Account) -> str:
    total = count_waiting(kinds=kinds_for(member), member=member).total
    return number_text(total) if total else ""


NAVIGATION: Final = (
    Entry(url_name="panel", label=_("Dashboard")),
    Entry(url_name="find-examiner", label=_("Examiners"), permissions=frozenset({"register.view_examiner"})),
    Entry(url_name="imports", label=pgettext_lazy("register files", "Import"), permissions=frozenset({ADD_IMPORT})),
    Entry(
        url_name="review",
        label=_("To be reviewed"),
        permissions=frozenset({VIEW_ACT}),
        count=_count_waiting,
        counted=_("wait for a check"),
    ),
    Entry(url_name="mailings", label=_("Messages"), permissions=frozenset({"mailings.view_mailing"})),
    Entry(url_name="case", label=_("Case codes"), permissions=frozenset({"staff.look_up_case"})),
    Entry(url_name="scopes", label=_("Scopes"), permissions=frozenset({CHANGE_SCOPES})),
    Entry(url_name="journal", label=_("Journal"), permissions=frozenset({VIEW_JOURNAL})),
    Entry(url_name="protection", label=_("Data protection"), permissions=frozenset({VIEW_PROTECTION})),
    Entry(url_name="staff", label=_("Staff"), permissions=frozenset({MANAGE_STAFF})),
    Entry(url_name="wagtailadmin_home", label=_("Pages"), permissions=frozenset({EDIT_PAGES})),
    Entry(
        url_name="panel-settings",
        label=_("Settings"),
        permissions=frozenset({CHANGE_CONTACT, CHANGE_BOARD, ALLOW_ALONE}),
    ),
    Entry(url_name="guides", label=_("Help")),
    Entry(url_name="own-account", label=_("My settings")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it stands on a page."""

    url: str
    label: str
    current: str
    """The value of `aria-current`: "page", "true" for a screen below the entry's, or an empty string."""
    count: str
    counted: str


def links_for(request: HttpRequest) -> list[Link]:
    """Return the links for the staff member of a request, in at most one query for each number."""
    member = cast("Account", request.user)
    return [
        Link(
            url=entry.url,
            label=str(entry.label),
            current=_current(entry, request.path),
            count=entry.count(member) if entry.count else "",
            counted=str(entry.counted or ""),
        )
        for entry in NAVIGATION
        if not entry.permissions or any(member.has_perm(name) for name in entry.permissions)
    ]


def _current(entry: Entry, path: str) -> str:
    if entry.url == path:
        return "page"
    # Every screen of the panel is below the first one.
    return "true" if entry is not NAVIGATION[0] and path.startswith(entry.url) else ""

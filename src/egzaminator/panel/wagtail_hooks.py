"""Wagtail hooks: the product's own screens in the panel's menu, and what of Wagtail is left out."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import PagesSummaryItem, SummaryItem
from wagtail.admin.wagtail_hooks import PageListingSortMenuOrderButton

from egzaminator.panel.access import ask_unproven_staff
from egzaminator.panel.dashboard import notify_of_held_pages, notify_of_outage
from egzaminator.panel.wagtail_compat.screens import keep_typed_dates, refuse_for_needed


def accounts_item() -> MenuItem:
    """Return the menu item for helping examiners with their accounts."""
    return MenuItem(_("Accounts"), reverse("find-examiner"), icon_name="user", order=10)


def cases_item() -> MenuItem:
    """Return the menu item for looking up case codes."""
    return MenuItem(_("Case codes"), reverse("case"), icon_name="help", order=20)


def own_account_item() -> MenuItem:
    """Return the menu item for the staff's own password, e-mail, second factor and devices."""
    return MenuItem(_("My account"), reverse("own-account"), icon_name="key", order=30)


class ContactItem(MenuItem):  # type: ignore[misc]  # Wagtail has no types
    """The menu item for the board's contact data, shown only to staff with the permission to change them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether the logged-in staff member has the permission."""
        return request.user.has_perm("cms.change_contact")


def contact_item() -> MenuItem:
    """Return the menu item for the board's contact data."""
    return ContactItem(_("Contact data"), reverse("board-contact"), icon_name="mail", order=40)


def without_people_and_sites(request: HttpRequest, items: list[MenuItem]) -> None:
    """Remove users, groups and sites from Wagtail's settings menu, because the product itself manages them."""
    items[:] = [item for item in items if item.name not in {"users", "groups", "sites"}]


def no_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    """Empty Wagtail's reports menu, so that it is not shown: reports could be exported without a record."""
    items.clear()


def without_links_abroad(request: HttpRequest, items: list[MenuItem]) -> None:
    """Remove Wagtail's news and guide from the help menu: they are other sites, in English, about Wagtail."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]


def pages_alone(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Show only the page count on the panel's first screen.

    Wagtail has no Polish translation for the other items, and the menu has links to them anyway.
    """
    items[:] = [item for item in items if isinstance(item, PagesSummaryItem)]


# Pages cannot be reordered by dragging: a single slip of the mouse would change the public menu immediately.
PageListingSortMenuOrderButton.is_shown = lambda button, user: False  # noqa: ARG005 -- Wagtail's signature
keep_typed_dates()

hooks.register("construct_homepage_panels", notify_of_held_pages)
hooks.register("construct_homepage_panels", notify_of_outage)  # shown above the held pages, because it is more urgent
hooks.register("before_serve_page", ask_unproven_staff, order=-1)
hooks.register("before_serve_document", ask_unproven_staff, order=-1)
hooks.register("before_delete_page", refuse_for_needed)
hooks.register("before_unpublish_page", refuse_for_needed)
hooks.register("construct_settings_menu", without_people_and_sites)
hooks.register("construct_reports_menu", no_reports)
hooks.register("construct_help_menu", without_links_abroad)
hooks.register("construct_homepage_summary_items", pages_alone, order=1)  # after all others have added their items
hooks.register("register_admin_menu_item", accounts_item)
hooks.register("register_admin_menu_item", cases_item)
hooks.register("register_admin_menu_item", own_account_item)
hooks.register("register_admin_menu_item", contact_item)

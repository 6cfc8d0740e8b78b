"""The product's own screens in the menu of Wagtail's panel."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import PagesSummaryItem, SummaryItem
from wagtail.admin.wagtail_hooks import PageListingSortMenuOrderButton

from egzaminator.panel.access import ask_unproven_staff
from egzaminator.panel.contact_views import CHANGE_CONTACT
from egzaminator.panel.held_pages_panel import tell_of_held_pages
from egzaminator.panel.needed_pages import refuse_for_needed
from egzaminator.panel.outage_panel import tell_of_outage
from egzaminator.panel.typed_dates import keep_typed_dates


def accounts_item() -> MenuItem:
    """Lead to helping examiners with their accounts."""
    return MenuItem(_("Accounts"), reverse("find-examiner"), icon_name="user", order=10)


def cases_item() -> MenuItem:
    """Lead to the reasons behind case codes."""
    return MenuItem(_("Case codes"), reverse("case"), icon_name="help", order=20)


def own_account_item() -> MenuItem:
    """Lead staff to their own password, address, second factor and devices."""
    return MenuItem(_("My account"), reverse("own-account"), icon_name="key", order=30)


class ContactItem(MenuItem):  # type: ignore[misc]  # Wagtail has no types
    """Leads those who may to how examiners reach the board."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the person may."""
        return request.user.has_perm(CHANGE_CONTACT)


def contact_item() -> MenuItem:
    """Lead to the board's contact data."""
    return ContactItem(_("Contact data"), reverse("board-contact"), icon_name="mail", order=40)


def without_people_and_sites(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take out of Wagtail's settings menu what the product itself manages: its people, and where it answers."""
    items[:] = [item for item in items if item.name not in {"users", "groups", "sites"}]


def no_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    """Empty Wagtail's menu of reports, which is not shown then: they would be exported without a record."""
    items.clear()


def without_links_abroad(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take out of Wagtail's help menu its own news and guide: other sites, in English, about Wagtail."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]


def pages_alone(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Count on the panel's first screen the pages alone: Wagtail has no Polish words for the others, the menu has."""
    items[:] = [item for item in items if isinstance(item, PagesSummaryItem)]


# The order of pages is not changed by dragging them: a request that anybody's slip sends changes the menu at once.
PageListingSortMenuOrderButton.is_shown = lambda button, user: False  # noqa: ARG005 -- Wagtail's signature
keep_typed_dates()

hooks.register("construct_homepage_panels", tell_of_held_pages)
hooks.register("construct_homepage_panels", tell_of_outage)  # before the other, being more urgent
hooks.register("before_serve_page", ask_unproven_staff, order=-1)
hooks.register("before_serve_document", ask_unproven_staff, order=-1)
hooks.register("before_delete_page", refuse_for_needed)
hooks.register("before_unpublish_page", refuse_for_needed)
hooks.register("construct_settings_menu", without_people_and_sites)
hooks.register("construct_reports_menu", no_reports)
hooks.register("construct_help_menu", without_links_abroad)
hooks.register("construct_homepage_summary_items", pages_alone, order=1)  # after all have added theirs
hooks.register("register_admin_menu_item", accounts_item)
hooks.register("register_admin_menu_item", cases_item)
hooks.register("register_admin_menu_item", own_account_item)
hooks.register("register_admin_menu_item", contact_item)

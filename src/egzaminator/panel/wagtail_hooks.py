"""The product's own screens in the menu of Wagtail's panel."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import PagesSummaryItem, SummaryItem

from egzaminator.panel.access import ask_unproven_staff


def accounts_item() -> MenuItem:
    """Lead to helping examiners with their accounts."""
    return MenuItem(_("Accounts"), reverse("find-examiner"), icon_name="user", order=10)


def cases_item() -> MenuItem:
    """Lead to the reasons behind case codes."""
    return MenuItem(_("Case codes"), reverse("case"), icon_name="help", order=20)


def own_account_item() -> MenuItem:
    """Lead staff to their own password, address, second factor and devices."""
    return MenuItem(_("My account"), reverse("own-account"), icon_name="key", order=30)


def without_people(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take out of Wagtail's settings menu what leads to people, who are managed by the product itself."""
    items[:] = [item for item in items if item.name not in {"users", "groups"}]


def without_links_abroad(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take out of Wagtail's help menu its own news and guide: other sites, in English, about Wagtail."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]


def pages_alone(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Count on the panel's first screen the pages alone: Wagtail has no Polish words for the others, the menu has."""
    items[:] = [item for item in items if isinstance(item, PagesSummaryItem)]


hooks.register("before_serve_page", ask_unproven_staff, order=-1)
hooks.register("before_serve_document", ask_unproven_staff, order=-1)
hooks.register("construct_settings_menu", without_people)
hooks.register("construct_help_menu", without_links_abroad)
hooks.register("construct_homepage_summary_items", pages_alone, order=1)  # after all have added theirs
hooks.register("register_admin_menu_item", accounts_item)
hooks.register("register_admin_menu_item", cases_item)
hooks.register("register_admin_menu_item", own_account_item)

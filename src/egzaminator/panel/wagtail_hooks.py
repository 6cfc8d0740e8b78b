"""Wagtail hooks: the product's own screens in the panel's menu, and what of Wagtail is left out."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.wagtail_hooks import PageListingSortMenuOrderButton
from wagtail.contrib.redirects.wagtail_hooks import RedirectsMenuItem
from wagtail.models import Page

from egzaminator.cms.models import BoardSettings
from egzaminator.panel.access import ask_unproven_staff
from egzaminator.panel.navigation import PUBLISH_NOTICE
from egzaminator.panel.wagtail_compat.labels import complete_labels
from egzaminator.panel.wagtail_compat.screens import keep_typed_dates, refuse_for_needed


def panel_item() -> MenuItem:
    """Return the menu item that leads back to the panel."""
    return MenuItem(_("Panel"), reverse("panel"), icon_name="arrow-left", order=1)


def redirects_item() -> MenuItem:
    """Return the menu item of the redirects. In Wagtail's settings menu it would be the only one."""
    return RedirectsMenuItem(_("Redirects"), reverse("wagtailredirects:index"), "redirects", icon_name="redirect")


def own_look() -> SafeString:
    """Return the style sheets that give Wagtail's screens the product's colours and font."""
    sheets = [(static(path),) for path in ("css/fonts.css", "panel/wagtail.css")]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', sheets)


def no_settings(request: HttpRequest, items: list[MenuItem]) -> None:
    """Empty Wagtail's settings menu, so that it is not shown. The panel has the settings of the board and its staff."""
    items.clear()


def no_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    """Empty Wagtail's reports menu, so that it is not shown: reports could be exported without a record."""
    items.clear()


def without_links_abroad(request: HttpRequest, items: list[MenuItem]) -> None:
    """Remove Wagtail's news and guide from the help menu: they are other sites, in English, about Wagtail."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]


def offer_new_notice(request: HttpRequest, page: Page) -> None:
    """After the page with the information clause is published, lead to where it becomes a new version."""
    board = BoardSettings.base_queryset().first()
    if board and board.privacy_notice_page_id == page.pk and request.user.has_perm(PUBLISH_NOTICE):
        messages.info(
            request,
            _(
                "Examiners are not told of this by itself. If more than a typing error was corrected, publish a new "
                "version."
            ),
            buttons=[messages.button(reverse("publish-notice"), _("New version of the information clause"))],
        )


# Pages cannot be reordered by dragging: a single slip of the mouse would change the public menu immediately.
PageListingSortMenuOrderButton.is_shown = lambda button, user: False  # noqa: ARG005 -- Wagtail's signature
keep_typed_dates()
complete_labels()

hooks.register("after_publish_page", offer_new_notice)
hooks.register("before_serve_page", ask_unproven_staff, order=-1)
hooks.register("before_serve_document", ask_unproven_staff, order=-1)
hooks.register("before_delete_page", refuse_for_needed)
hooks.register("before_unpublish_page", refuse_for_needed)
hooks.register("construct_settings_menu", no_settings)
hooks.register("construct_reports_menu", no_reports)
hooks.register("construct_help_menu", without_links_abroad)
hooks.register("insert_global_admin_css", own_look)
hooks.register("register_admin_menu_item", panel_item)
hooks.register("register_admin_menu_item", redirects_item)

"""Adjustments of single Wagtail screens: its start, previews, preferences, redirects, dates, pages that must stay."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic.base import RedirectView
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, LocaleSettingsPanel, ThemeSettingsPanel
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput
from wagtail.admin.widgets.button import Button
from wagtail.contrib.redirects.views import IndexView
from wagtail.models import Page

from egzaminator.cms.domain.needed_pages import needed_below
from egzaminator.cms.models import HomePage

View = Callable[..., HttpResponse]

_POLICY: Final = "Content-Security-Policy"


def framed(view: View) -> View:
    """Let the page editor show a preview in a frame.

    Wagtail renders the preview through the whole middleware, as a visitor would get it, so its headers forbid framing.
    Only these headers are changed, to allow this site itself. The rest of the visitor's policy stays, so that a
    preview runs no script that the page would not run.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.has_header(_POLICY):  # only a preview has it yet: the editor's own responses get theirs later
            response[_POLICY] = response[_POLICY].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return guarded


class HomeView(RedirectView):
    """In place of Wagtail's first screen: the list of the site's pages, or the panel for staff who may edit none."""

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Return the URL of the list, which begins below the home page if the visitor may see that."""
        if not user_has_any_page_permission(self.request.user):
            return reverse("panel")
        home = HomePage.objects.first()
        return reverse("wagtailadmin_explore", args=[home.pk]) if home else reverse("wagtailadmin_explore_root")


class PreferencesView(AccountView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's page of an editor's own settings, reduced to those that mean something here.

    The board sets the name, and this page would ask for it and not save it. Avatars and workflow notifications are not
    used.
    """

    def get_panels(self) -> list[BaseSettingsPanel]:
        """Return the panels of the page: language and time zone, and colours."""
        return [panel for panel in super().get_panels() if isinstance(panel, LocaleSettingsPanel | ThemeSettingsPanel)]


class RedirectsView(IndexView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's list of redirects without export and import, which are both closed here."""

    list_export: list[str] = []

    @property
    def header_more_buttons(self) -> list[Button]:
        """Return no further buttons."""
        return []


def keep_typed_dates() -> None:
    """Stop Wagtail's date pickers from changing what is typed into them.

    They would silently replace text that is no date by the current time. The server's error message is better.
    """
    for widget in (AdminDateInput, AdminTimeInput, AdminDateTimeInput):
        widget.get_config = _keeping(widget.get_config)


def _keeping(get_config: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    @wraps(get_config)
    def keeping(widget: Any) -> dict[str, Any]:
        return get_config(widget) | {"validateOnBlur": False}

    return keeping


def refuse_for_needed(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Redirect back to the page, with the reason, if it or a page below it must stay on the site.

    Return None to let Wagtail delete or unpublish the page.
    """
    needed = needed_below(page)
    if not needed:
        return None
    names = ", ".join(f"„{one.title}”" for one in needed)
    messages.error(
        request,
        _(
            "This page must stay on the site: %(pages)s. The home page, the help with the first log-in, the "
            "accessibility declaration, the easy-to-read text and the information clause are needed. In place of the "
            "last three, choose another page in the settings first."
        )
        % {"pages": names},
    )
    return redirect("wagtailadmin_pages:edit", page.pk)

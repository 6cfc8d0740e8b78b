from wagtail.admin.views.account import AccountView, BaseSettingsPanel, LocaleSettingsPanel, ThemeSettingsPanel
from wagtail.admin.widgets.button import Button
from wagtail.contrib.redirects.views import IndexView


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

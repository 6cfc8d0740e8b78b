from wagtail.admin.views.account import AccountView, BaseSettingsPanel, LocaleSettingsPanel, ThemeSettingsPanel


class PreferencesView(AccountView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's page of an editor's own settings, reduced to those that mean something here.

    The board sets the name, and this page would ask for it and not save it. Avatars and workflow notifications are not
    used.
    """

    def get_panels(self) -> list[BaseSettingsPanel]:
        """Return the panels of the page: language and time zone, and colours."""
        return [panel for panel in super().get_panels() if isinstance(panel, LocaleSettingsPanel | ThemeSettingsPanel)]

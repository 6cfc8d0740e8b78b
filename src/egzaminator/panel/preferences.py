from wagtail.admin.views.account import AccountView, BaseSettingsPanel, LocaleSettingsPanel, ThemeSettingsPanel


class PreferencesView(AccountView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's page of an editor's own settings, with those alone that mean something here.

    The name is the board's to give, pictures and notices of workflows are not used; the page would ask for the name
    again and forget it.
    """

    def get_panels(self) -> list[BaseSettingsPanel]:
        """Give the parts of the page: language and time zone, colours."""
        return [panel for panel in super().get_panels() if isinstance(panel, LocaleSettingsPanel | ThemeSettingsPanel)]

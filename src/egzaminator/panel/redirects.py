from wagtail.admin.widgets.button import Button
from wagtail.contrib.redirects.views import IndexView


class RedirectsView(IndexView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's list of redirects without export and import, which are both closed here."""

    list_export: list[str] = []

    @property
    def header_more_buttons(self) -> list[Button]:
        """Return no further buttons."""
        return []

from wagtail.admin.widgets.button import Button
from wagtail.contrib.redirects.views import IndexView


class RedirectsView(IndexView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's list of redirects, without the ways to a file and back: neither is open here."""

    list_export: list[str] = []

    @property
    def header_more_buttons(self) -> list[Button]:
        """Give no further buttons."""
        return []

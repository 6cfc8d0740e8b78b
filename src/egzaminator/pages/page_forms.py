from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm


class NeededPageForm(WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's form of a page, which lets none expire that the site needs."""

    expires = _("The site needs this page, so it cannot expire. Leave this date empty.")

    def clean(self) -> dict[str, Any]:
        """Give the fields, with an error at the date when the page would be withdrawn."""
        from egzaminator.pages.domain.needed_pages import needed_below  # noqa: PLC0415 -- models name this form

        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("expire_at") and self.instance.pk and needed_below(self.instance):
            self.add_error("expire_at", ValidationError(self.expires, "needed"))
        return cleaned

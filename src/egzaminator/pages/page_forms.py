from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.forms import WagtailAdminPageForm

from egzaminator.pages.line_forms import LinesForm

# The views that show pages of the tree, by their names in egzaminator/urls.py.
_SHOW_PAGES: Final = frozenset(("wagtail_serve", "first-login-help"))


class NeededPageForm(LinesForm, WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's form of a page, which lets none expire that the site needs, nor stand where nobody comes to it."""

    expires = _("The site needs this page, so it cannot expire. Leave this date empty.")
    taken = _("The service itself answers at this address, so nobody would see the page. Choose another.")

    def clean(self) -> dict[str, Any]:
        """Give the fields, with an error at a date that would withdraw the page, or an address where none is shown."""
        from egzaminator.pages.domain.needed_pages import needed_below  # noqa: PLC0415 -- models name this form

        cleaned = super().clean()
        if cleaned.get("expire_at") and self.instance.pk and needed_below(self.instance):
            self.add_error("expire_at", ValidationError(self.expires, "needed"))
        if cleaned.get("slug") and "slug" in self.changed_data and self._is_taken(cleaned["slug"]):
            self.add_error("slug", ValidationError(self.taken, "taken"))
        return cleaned

    def _is_taken(self, slug: str) -> bool:
        above = self.parent_page.get_url_parts() if self.parent_page else None
        if above is None:  # the home page, which stands at no address of its name
            return False
        path = f"{above[2]}{slug}/"
        return not all(_leads_to_pages(path, language) for language, _name in settings.LANGUAGES)


def _leads_to_pages(path: str, language: str) -> bool:
    """Tell whether a page of the tree is shown at an address, whichever language the site is read in."""
    with override(language):
        try:
            name = resolve(path).url_name
        except Resolver404:
            return False
    return name in _SHOW_PAGES

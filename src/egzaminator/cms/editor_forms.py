"""Base classes of the forms in which staff edit pages and the board's settings in Wagtail."""

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.forms import ModelForm
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

from egzaminator.core.fields import LineField


class LinesForm(ModelForm):  # type: ignore[type-arg]  # takes no parameters when it runs
    """A model form that validates each short text as one line, as `LineField` does in the product's own forms.

    A browser's single-line input does not stop a client from sending anything else. Line breaks would become paragraphs
    in every e-mail that names the board, and direction marks would reverse the text after them.
    """

    def clean(self) -> dict[str, Any]:
        """Return the cleaned fields, with short texts as lines. Add an error to one that has invisible characters."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.copy().items():
            if isinstance(value, str) and _is_line(self, name):
                try:
                    cleaned[name] = LineField(label=self.fields[name].label, required=False).clean(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned


class PlainCopyForm(CopyForm):  # type: ignore[misc]  # Wagtail has no types
    """Copies a page. It makes no alias, a copy that follows its original and cannot be edited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)


class BoardSettingsForm(LinesForm, WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail has no types
    """The form of the board's settings in Wagtail."""

    unseen = _("Readers can't open this page: it is not published. Publish it first, or choose another.")

    def clean(self) -> dict[str, Any]:
        """Return the cleaned fields. Add an error to a footer link to a page that is not published or has no URL."""
        cleaned = super().clean()
        for name, value in cleaned.copy().items():
            if isinstance(value, Page) and not (value.live and value.url):
                self.add_error(name, ValidationError(self.unseen, "unseen"))
        return cleaned


def _is_line(form: LinesForm, name: str) -> bool:
    """Return whether a form field is stored in a `CharField`. A field that is not stored has no column."""
    columns = form._meta.model._meta.get_fields()  # noqa: SLF001 -- Django documents the second
    return any(column.name == name and isinstance(column, CharField) for column in columns)


# URL names, in egzaminator/urls.py, of the views that show pages of the tree.
_SHOW_PAGES: Final = frozenset(("wagtail_serve", "first-login-help"))


class NeededPageForm(LinesForm, WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    """A page form that rejects an expiry date of a page that the site needs, and a URL that the service itself uses."""

    expires = _("The site needs this page, so it cannot expire. Leave this date empty.")
    taken = _("The service itself answers at this address, so nobody would see the page. Choose another.")

    def clean(self) -> dict[str, Any]:
        """Return the cleaned fields. Add an error to an expiry date of a needed page, and to a slug that is taken."""
        from egzaminator.cms.domain.needed_pages import needed_below  # noqa: PLC0415 -- models import this module

        cleaned = super().clean()
        if cleaned.get("expire_at") and self.instance.pk and needed_below(self.instance):
            self.add_error("expire_at", ValidationError(self.expires, "needed"))
        if cleaned.get("slug") and "slug" in self.changed_data and self._is_taken(cleaned["slug"]):
            self.add_error("slug", ValidationError(self.taken, "taken"))
        return cleaned

    def _is_taken(self, slug: str) -> bool:
        above = self.parent_page.get_url_parts() if self.parent_page else None
        if above is None:  # the home page, whose slug is not part of any URL
            return False
        path = f"{above[2]}{slug}/"
        return not all(_leads_to_pages(path, language) for language, _name in settings.LANGUAGES)


def _leads_to_pages(path: str, language: str) -> bool:
    """Return whether a page of the tree is shown at the URL path when the site is read in the given language."""
    with override(language):
        try:
            name = resolve(path).url_name
        except Resolver404:
            return False
    return name in _SHOW_PAGES

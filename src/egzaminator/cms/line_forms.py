"""Base classes of Wagtail forms that keep single-line text on one line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
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

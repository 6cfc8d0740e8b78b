"""Wagtail's forms, with what stands on one line kept to one line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Page

from egzaminator.kernel.fields import LineField


class LinesForm(ModelForm):  # type: ignore[type-arg]  # takes no parameters when it runs
    """A form whose short texts are lines, as in the product's own forms (`LineField`).

    A field of one line in a browser takes whatever is sent: line breaks would become paragraphs of every e-mail that
    names the board, and marks of direction turn what stands behind them.
    """

    def clean(self) -> dict[str, Any]:
        """Give the fields, those of short texts as lines; an error at one that holds what nobody sees."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.copy().items():
            if isinstance(value, str) and _is_line(self, name):
                try:
                    cleaned[name] = LineField(label=self.fields[name].label, required=False).clean(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned


class BoardSettingsForm(LinesForm, WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's form of the board's settings."""

    unseen = _("Readers can't open this page: it is not published. Publish it first, or choose another.")

    def clean(self) -> dict[str, Any]:
        """Give the fields, with an error where a link in the frame of every page would vanish or lead nowhere."""
        cleaned = super().clean()
        for name, value in cleaned.copy().items():
            if isinstance(value, Page) and not (value.live and value.url):
                self.add_error(name, ValidationError(self.unseen, "unseen"))
        return cleaned


def _is_line(form: LinesForm, name: str) -> bool:
    """Tell whether a field is kept in a column of short text; what is kept nowhere has none."""
    columns = form._meta.model._meta.get_fields()  # noqa: SLF001 -- Django documents the second
    return any(column.name == name and isinstance(column, CharField) for column in columns)

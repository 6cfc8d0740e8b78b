"""Columns of the board's settings: what staff type is stored in one form, or refused in words."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.forms import CheckboxSelectMultiple, Field, MultipleChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.enums import Voivodeship
from egzaminator.cms.board_colours import require_legible
from egzaminator.cms.colours import written_colour
from egzaminator.core.fields import written_office_phone

POSTAL_CODE: Final = RegexValidator(r"^[0-9]{2}-[0-9]{3}$", _("Enter the postal code, for example 61-655"))


class OfficePhoneField(models.CharField):  # type: ignore[type-arg]  # takes no parameters when it runs
    """A column for an office's telephone number, stored in the form in which it is shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 40, **kwargs})

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        """Return the number, with its extension if any, in the form in which it is shown.

        The number may be written in any usual way. Raise `ValidationError` if it is no telephone number.
        """
        text: str = super().clean(value, model_instance)
        return written_office_phone(text) if text else text


class VoivodeshipsField(models.JSONField):
    """A column for several voivodeships: a list of their codes, a checkbox for each."""

    def formfield(self, **kwargs: Any) -> Field | None:  # type: ignore[override]  # the stubs know one class only
        """Return the checkboxes."""
        return MultipleChoiceField(
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            choices=Voivodeship.choices,
            widget=CheckboxSelectMultiple,
            required=not self.blank,
        )


class ColourField(models.CharField):  # type: ignore[type-arg]  # takes no parameters when it runs
    """A column for a colour that white text can stand on, and that can be the colour of text itself."""

    default_validators = [require_legible]
    not_a_colour = _("Enter the colour as # with six digits or letters from a to f, for example #0a4a94.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 7, **kwargs})

    def to_python(self, value: Any) -> Any:
        """Return the colour in the form `#0a4a94`. Raise `ValidationError` if it is none."""
        text = super().to_python(value)
        try:
            return written_colour(text) if text else text
        except ValueError as error:
            raise ValidationError(self.not_a_colour, "not_a_colour") from error

    def formfield(self, **kwargs: Any) -> Field | None:  # type: ignore[override]  # the stubs know one class only
        """Return a text field of any length, so that browsers do not cut off what is pasted with a space before it."""
        return super().formfield(**{"max_length": None, **kwargs})

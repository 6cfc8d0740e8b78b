"""A day or a time of day as staff type it into a form, or an administrator gives it to a command."""

import datetime
from argparse import ArgumentTypeError
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.width import Width

_YEARS: Final = range(2000, 2100)


class DayField(forms.DateField):
    """A day of the service's time. Days near the ends of the calendar have no moment in UTC."""

    width = Width.SHORT
    default_error_messages = {"invalid": _("Write the day like this: 31.03.2026")}

    def to_python(self, value: Any) -> datetime.date | None:
        """Return the day, or None for an empty field. Raise `ValidationError` if it is no day of this century."""
        day: datetime.date | None = super().to_python(value)
        if day and day.year not in _YEARS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class TimeOfDayField(forms.TimeField):
    """A time of the day, to the minute."""

    width = Width.SHORT
    default_error_messages = {"invalid": _("Write the time like this: 14:30")}


class PastDayField(forms.DateField):
    """A day that is not in the future, however long ago."""

    width = Width.SHORT
    default_error_messages = {
        "invalid": _("Write the day like this: 31.03.2026"),
        "future": _("Check the day: it has not come yet"),
    }
    widget = forms.DateInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "text"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example 31.03.2026"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """Return the day, or None for an empty field. Raise `ValidationError` if it is no day, or has not come yet."""
        day: datetime.date | None = super().to_python(value)
        if day and day > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        return day


def typed_day(text: str) -> datetime.date:
    """Return the day from a command's argument: 22.11.2026 or 2026-11-22.

    Raise `ArgumentTypeError`, which the parser prints in words.
    """
    try:
        day: datetime.date = forms.DateField().clean(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None
    return day

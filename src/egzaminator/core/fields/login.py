"""The fields of a log-in: name and password."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import LineField
from egzaminator.core.fields.width import Width
from egzaminator.core.pesel import LENGTH, NotAPeselError, PeselProblem, parse_pesel, squeeze
from egzaminator.core.text import LONGEST_RAW

_LONGEST_IDENTIFIER: Final = 40
_LONGEST_EMAIL: Final = 254
# Letters that people type, or read on paper, instead of 0 and 1.
_LOOKALIKES: Final = str.maketrans("OoIil", "00111")


class LoginNameField(LineField):
    """The login name: a PESEL, a board-issued identifier, or a staff member's e-mail address.

    Returns a PESEL as its eleven digits, and anything else as typed, in NFC and trimmed. Text that consists of
    digits is taken for a PESEL and must be a valid one. Text that would be a valid PESEL but for a letter O or I in
    it is rejected as a typing error. This is only arithmetic and discloses nothing about who is in the register.
    """

    width = Width.SHORT
    widget = forms.TextInput(
        attrs={"inputmode": "text", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    )
    default_error_messages = {
        "required": _("Enter your PESEL"),
        PeselProblem.EMPTY.value: _("Enter your PESEL"),
        PeselProblem.NOT_DIGITS.value: _("Write the PESEL in digits 0 to 9"),
        "lookalike": _("A PESEL has digits alone: check that “%(sign)s” is not a letter typed for a digit"),
        PeselProblem.LENGTH.value: _("Check the PESEL: it has %(expected)d digits, and you typed %(length)d"),
        PeselProblem.CHECK_DIGIT.value: _("Check the PESEL: one of the digits is wrong or two are swapped"),
        PeselProblem.DATE.value: _("Check the PESEL: its first six digits are not a date of birth"),
        PeselProblem.CENTURY.value: _("Check the PESEL: its third and fourth digits are not a month of birth"),
        PeselProblem.FUTURE.value: _("Check the PESEL: the date of birth in it has not come yet"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("PESEL"))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        """Return the login name from any submitted value. Raise `ValidationError` if it is not one."""
        raw = "" if value is None else str(value)
        if len(raw) > LONGEST_RAW:
            raise self.error("max_length", limit=_LONGEST_IDENTIFIER, length=len(raw))
        digits = squeeze(raw)
        if digits.isdecimal():
            try:
                return parse_pesel(digits).digits
            except NotAPeselError as error:
                raise self.error(error.problem.value, expected=LENGTH, length=len(digits)) from None
        if sign := _letter_for_a_digit(digits):
            raise self.error("lookalike", sign=sign)
        text = super().to_python(value)
        longest = _LONGEST_EMAIL if "@" in text else _LONGEST_IDENTIFIER
        if len(text) > longest:
            raise self.error("max_length", limit=longest, length=len(text))
        return text if digits else ""


def _letter_for_a_digit(text: str) -> str:
    """Return the first letter that replaces a digit in an otherwise valid PESEL; an empty string for any other text."""
    digits = text.translate(_LOOKALIKES)
    if digits == text:
        return ""
    try:
        parse_pesel(digits)
    except NotAPeselError:
        return ""
    return next(sign for sign, digit in zip(text, digits, strict=True) if sign != digit)


class PasswordField(forms.CharField):
    """A password, returned exactly as typed. Other code checks whether it is correct or strong enough."""

    width = Width.MEDIUM
    default_error_messages = {"too_long": _("No password is that long. Enter only the password")}

    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the password from any submitted value.

        Raise `ValidationError` if it is too long, before it is normalised or hashed.
        """
        if len(str(value or "")) > LONGEST_RAW:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return str(super().to_python(value))

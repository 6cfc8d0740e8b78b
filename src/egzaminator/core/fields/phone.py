"""Telephone numbers: the form field, offices' numbers with a label and an extension, and how screens show them."""

import re
from typing import Any, Final

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from egzaminator.core.fields.line import CompatibleLineField
from egzaminator.core.fields.width import Width

_POLAND: Final = "PL"
_POLISH_CODE: Final = 48
_POLISH_DIGITS: Final = 9
_LONGEST_TEXT: Final = 60
_EXTENSION: Final = re.compile(r"[0-9].*(wew|ext|x|#|;)", re.IGNORECASE)
_ALLOWED: Final = re.compile(r"[0-9+()./ -]+")
_ABROAD: Final = re.compile(r"(\+|00)")


class PhoneField(CompatibleLineField):
    """A phone number as people write it, Polish without a country code. Returned in E.164, `+48618540160`."""

    width = Width.SHORT
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
    default_error_messages = {
        "required": _("Enter the phone number"),
        "digits": _("Write the phone number in digits 0 to 9, for example 61 854 01 60"),
        "signs": _("Write the phone number in digits, for example 61 854 01 60 or +49 30 901820"),
        "extension": _("Leave out the extension: enter one number alone, for example 61 854 01 60"),
        "polish": _(
            "Check the phone number: a Polish one has nine digits, for example 61 854 01 60, and a foreign one begins "
            "with +"
        ),
        "foreign": _(
            "Check the phone number: a foreign one begins with + and the code of the country, for example +49 30 901820"
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", _LONGEST_TEXT)
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        """Return the number in E.164 from any submitted value. Raise `ValidationError` if it is not a phone number."""
        text = super().to_python(value)
        if not text:
            return text
        if _EXTENSION.search(text):
            raise self.error("extension")
        if not _ALLOWED.fullmatch(text):
            raise self.error("signs")
        try:
            number = phonenumbers.parse(text, _POLAND)
        except NumberParseException:
            raise self.error("foreign" if _ABROAD.match(text) else "polish") from None
        if number.country_code != _POLISH_CODE:
            if not phonenumbers.is_valid_number(number):
                raise self.error("foreign")
        else:
            # The former trunk zero, `(061) 854…`, is not part of the number. The library keeps it because Italian
            # numbers need it.
            number = PhoneNumber(country_code=_POLISH_CODE, national_number=number.national_number)
            # The library also accepts the six-digit numbers of pagers, which are no longer in use.
            if len(str(number.national_number)) != _POLISH_DIGITS or not phonenumbers.is_valid_number(number):
                raise self.error("polish")
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(e164: str) -> str:
    """Return a number in E.164 as a screen shows it: `61 854 01 60`, or `+49 30 901820` for a foreign one."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    is_polish = number.country_code == _POLISH_CODE
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if is_polish else PhoneNumberFormat.INTERNATIONAL
    )


# The label before the number, such as "tel." or "tel./faks:", as on offices' letterheads.
_LABEL: Final = re.compile(r"\s*(?:(?:tel|telefon|faks|fax)\b[\s./:,]*)+", re.IGNORECASE)
# The phonenumbers library knows "ext" and "x", but not the Polish word.
_OFFICE_EXTENSION: Final = re.compile(
    r"(?<=[0-9])[\s,;(]*(?:wewn(?:ętrzny)?|wew|w|ext|x|#)[\s.:=]*([0-9]{1,7})\s*\)?\s*$", re.IGNORECASE
)

_DIALLED: Final = re.compile(r"[+0-9]")


def written_office_phone(text: str) -> str:
    """Return an office's telephone number, as people write it, in the form that a screen shows: `61 666 11 22 wew. 5`.

    The extension is kept; the label "tel." is dropped. Raise `ValidationError` if it is not a telephone number.
    """
    number, extension = _parts(text)
    return format_phone(PhoneField().clean(number)) + (extension and f" wew. {extension}")


def phone_uri(text: str) -> str:
    """Return the `tel:` URI (RFC 3966), without the scheme, of an office's telephone number.

    The number stands on every page, so text that is not a valid number is reduced to its digits rather than
    rejected.
    """
    number, extension = _parts(text)
    try:
        e164 = str(PhoneField().clean(number))
    except ValidationError:
        return "".join(_DIALLED.findall(text))
    return e164 + (extension and f";ext={extension}")


def _parts(text: str) -> tuple[str, str]:
    """Split a telephone number into the number, without its label, and the extension."""
    label = _LABEL.match(text)
    line = text[label.end() :] if label else text
    found = _OFFICE_EXTENSION.search(line)
    return (line[: found.start()], found[1]) if found else (line, "")

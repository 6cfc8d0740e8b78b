import re
from typing import Any, Final

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from egzaminator.kernel.fields.line import CompatibleLineField

_POLAND: Final = "PL"
_POLISH_CODE: Final = 48
_POLISH_DIGITS: Final = 9
_LONGEST_TEXT: Final = 60
_EXTENSION: Final = re.compile(r"[0-9].*(wew|ext|x|#|;)", re.IGNORECASE)
_ALLOWED: Final = re.compile(r"[0-9+()./ -]+")
_ABROAD: Final = re.compile(r"(\+|00)")


class PhoneField(CompatibleLineField):
    """A phone number as people write it, Polish without a country code. Gives it in E.164, `+48618540160`."""

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
        """Take whatever was sent; give the number in E.164. Raises ValidationError."""
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
            # The trunk zero of old, `(061) 854…`, is no part of the number; the library keeps it for Italy's sake.
            number = PhoneNumber(country_code=_POLISH_CODE, national_number=number.national_number)
            # The library also knows the six digits of pagers that nobody carries.
            if len(str(number.national_number)) != _POLISH_DIGITS or not phonenumbers.is_valid_number(number):
                raise self.error("polish")
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(e164: str) -> str:
    """Take a number in E.164; give it for a screen: `61 854 01 60`, a foreign one as `+49 30 901820`."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    is_polish = number.country_code == _POLISH_CODE
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if is_polish else PhoneNumberFormat.INTERNATIONAL
    )

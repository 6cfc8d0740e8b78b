"""Fields for codes of digits: the postal code, a school's number."""

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import CompatibleLineField
from egzaminator.core.fields.width import Width
from egzaminator.core.postal_address import written_postal_code


class PostalCodeField(CompatibleLineField):
    """A Polish postal code. Returned as `61-655`, also if typed as `61655`, `61 655` or `61 – 655`."""

    width = Width.TINY
    default_error_messages = {
        "required": _("Enter the postal code"),
        "invalid": _("Enter the postal code as five digits, for example 61-655"),
        "digits": _("Enter the postal code as five digits, for example 61-655"),
    }

    def to_python(self, value: object) -> str:
        """Return the postal code from any submitted value. Raise `ValidationError` if it is not one."""
        text = super().to_python(value)
        if not text:
            return text
        code = written_postal_code(text)
        if not code:
            raise self.error("invalid")
        return code


_MOST_DIGITS: Final = 10
_DIGITS: Final = re.compile(rf"[0-9]{{1,{_MOST_DIGITS}}}")


class RspoField(CompatibleLineField):
    """A school's number in the national register of schools (RSPO). Optional; returned as its digits."""

    width = Width.SHORT
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Enter the RSPO number in digits, at most ten, for example 12345"),
        "digits": _("Enter the RSPO number in digits, at most ten, for example 12345"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: object) -> str:
        """Return the digits from any submitted value. Raise `ValidationError` if it is not a number."""
        digits = super().to_python(value).replace(" ", "")
        if digits and not _DIGITS.fullmatch(digits):
            raise self.error("invalid")
        return digits

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import CompatibleLineField

_POSTAL_CODE: Final = re.compile(r"([0-9]{2})[ -]*([0-9]{3})")


class PostalCodeField(CompatibleLineField):
    """A Polish postal code. Returned as `61-655`, also if typed as `61655`, `61 655` or `61 – 655`."""

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
        match = _POSTAL_CODE.fullmatch(text)
        if match is None:
            raise self.error("invalid")
        return "-".join(match.groups())

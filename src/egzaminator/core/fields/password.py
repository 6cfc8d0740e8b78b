from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.text import LONGEST_RAW


class PasswordField(forms.CharField):
    """A password, returned exactly as typed. Other code checks whether it is correct or strong enough."""

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

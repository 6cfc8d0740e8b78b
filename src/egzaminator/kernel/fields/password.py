from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.kernel.text import LONGEST_RAW


class PasswordField(forms.CharField):
    """A password, given exactly as it was typed. Whether it is right or good is others' business."""

    default_error_messages = {"too_long": _("No password is that long. Enter only the password")}

    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """Take whatever was sent; give the password. Raises ValidationError before anybody normalises or hashes it."""
        if len(str(value or "")) > LONGEST_RAW:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return str(super().to_python(value))

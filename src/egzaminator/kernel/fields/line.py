import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.kernel.text import LONGEST_RAW, has_forbidden_characters, normalise, plain


class LineField(forms.CharField):
    """One line of text. Gives it in NFC with single spaces, trimmed; raises nothing but ValidationError."""

    default_error_messages = {
        "forbidden": _("“%(label)s” holds a character that cannot be seen; type it in instead of pasting it"),
        "digits": _("Write the digits in “%(label)s” as 0 to 9"),
        "max_length": _("Shorten “%(label)s” to %(limit)d characters; it has %(length)d now"),
    }

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        # Not handed to CharField: its HTML maxlength silently cuts what is pasted.
        super().__init__(**kwargs)
        self.max_length = max_length

    def to_python(self, value: Any) -> str:
        """Take whatever was sent; give its normal form. Raises ValidationError."""
        raw = "" if value is None else str(value)
        if len(raw) > LONGEST_RAW:
            # Fields of one form only, such as postal codes, say what that form is.
            code = "invalid" if "invalid" in self.error_messages else "max_length"
            raise self.error(code, limit=self.max_length or LONGEST_RAW, length=len(raw))
        text = self.normalise(raw)
        if has_forbidden_characters(text):
            raise self.error("forbidden")
        if any(char.isdecimal() and not char.isascii() for char in text):
            raise self.error("digits")
        if self.max_length is not None and len(text) > self.max_length:
            raise self.error("max_length", limit=self.max_length, length=len(text))
        return text

    def normalise(self, text: str) -> str:
        """Take a text as sent; give the form it is checked and kept in."""
        return normalise(text)

    def error(self, code: str, **params: Any) -> ValidationError:
        """Give the field's own error of this code, to be raised."""
        return ValidationError(self.error_messages[code], code=code, params={"label": self.label, **params})


class CompatibleLineField(LineField):
    """A line of signs that have an ASCII form: full-width digits, ligatures and the like are turned into it (NFKC)."""

    def normalise(self, text: str) -> str:
        """Return a text as sent in NFKC, with hyphens for all dashes."""
        return super().normalise(plain(unicodedata.normalize("NFKC", text)))

"""Fields for one line of text, the base of most fields in this package."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.width import Width
from egzaminator.core.postal_address import BUILDING_LENGTH
from egzaminator.core.text import LONGEST_RAW, has_forbidden_characters, normalise, plain


class LineField(forms.CharField):
    """One line of text, returned trimmed in NFC with single spaces. Raises nothing but `ValidationError`."""

    default_error_messages = {
        "forbidden": _("“%(label)s” holds a character that cannot be seen; type it in instead of pasting it"),
        "digits": _("Write the digits in “%(label)s” as 0 to 9"),
        "max_length": _("Shorten “%(label)s” to %(limit)d characters; it has %(length)d now"),
    }

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        # Not passed to CharField, because the HTML attribute maxlength silently truncates pasted text.
        super().__init__(**kwargs)
        self.max_length = max_length

    def to_python(self, value: Any) -> str:
        """Return the normal form of any submitted value. Raise `ValidationError` if it is not a valid line."""
        raw = "" if value is None else str(value)
        if len(raw) > LONGEST_RAW:
            # Fields with one valid format, such as postal codes, describe that format instead of a length.
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
        """Return the submitted text in the form in which it is checked and stored."""
        return normalise(text)

    def error(self, code: str, **params: Any) -> ValidationError:
        """Return the field's own error with this code, ready to be raised."""
        return ValidationError(self.error_messages[code], code=code, params={"label": self.label, **params})


class BuildingField(LineField):
    """The number of a house or of a flat, such as `12A/14`."""

    width = Width.TINY

    def __init__(self, *, max_length: int = BUILDING_LENGTH, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class CompatibleLineField(LineField):
    """A line of characters that have an ASCII form. Full-width digits, ligatures etc. are converted to it (NFKC)."""

    def normalise(self, text: str) -> str:
        """Return the submitted text in NFKC, with every dash replaced by a hyphen."""
        return super().normalise(plain(unicodedata.normalize("NFKC", text)))

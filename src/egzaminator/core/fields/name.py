"""Fields for the names of persons and places."""

import unicodedata
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import LineField
from egzaminator.core.fields.width import Width
from egzaminator.core.text import NO_NAME, plain

_CASED_LETTERS: Final = frozenset(("Lu", "Ll", "Lt"))
_NAME_SEPARATORS: Final = frozenset(" -'")
# Vietnamese and African names in NFC need at most one combining mark after a letter. A third mark is a prank.
_MOST_MARKS: Final = 2


class NameField(LineField):
    """A person's name: letters of any Latin script, spaces, hyphens, apostrophes. Capitals stay as typed.

    With `may_be_missing`, a single hyphen means that the person has no such name.
    """

    width = Width.MEDIUM
    default_error_messages = {
        "alphabet": _("Write “%(label)s” in Latin letters, as in Polish"),
        "sign": _("Remove “%(sign)s” from “%(label)s”: it may hold letters, spaces, hyphens and apostrophes"),
        "letters": _("Write “%(label)s” in letters"),
        "marks": _("Write “%(label)s” without the extra marks over and under its letters"),
    }

    def __init__(self, *, may_be_missing: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.may_be_missing = may_be_missing

    def to_python(self, value: object) -> str:
        """Return the name from any submitted value. Raise `ValidationError` if it is not a name."""
        text = super().to_python(value)
        if self.may_be_missing and text == NO_NAME:
            return text
        marks = _MOST_MARKS
        for char in text:
            category = unicodedata.category(char)
            if category.startswith("M"):
                marks += 1
            elif is_latin_letter(char):
                marks = 0
            elif category.startswith("L"):
                raise self.error("alphabet")
            elif not self.allows(char):
                raise self.error("sign", sign=char)
            else:
                marks = _MOST_MARKS
            if marks > _MOST_MARKS:
                raise self.error("marks")
        if text and not any(map(is_latin_letter, text)):
            raise self.error("letters")
        return text

    def normalise(self, text: str) -> str:
        """Return the typed name with one kind of hyphen and of apostrophe."""
        return super().normalise(plain(text))

    def allows(self, sign: str) -> bool:
        """Return whether a character that is not a letter is allowed in the name."""
        return sign in _NAME_SEPARATORS


class PlaceField(NameField):
    """The name of a place, which may also contain digits and punctuation, as in `Frankfurt (Oder)`."""

    default_error_messages = {
        "sign": _("Remove “%(sign)s” from “%(label)s”: it may hold letters, digits and punctuation"),
    }

    def allows(self, sign: str) -> bool:
        """Return whether a character that is not a letter is allowed in the name."""
        return sign == " " or sign.isdecimal() or unicodedata.category(sign).startswith("P")


def is_latin_letter(char: str) -> bool:
    """Return whether a character is a letter of the Latin script, Polish letters included."""
    return unicodedata.category(char) in _CASED_LETTERS and unicodedata.name(char, "").startswith("LATIN ")

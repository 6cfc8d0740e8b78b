import unicodedata
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from egzaminator.kernel.fields.line import LineField
from egzaminator.kernel.text import NO_NAME, plain

_CASED_LETTERS: Final = frozenset(("Lu", "Ll", "Lt"))
_NAME_SEPARATORS: Final = frozenset(" -'")
# Vietnamese and African names in NFC keep one mark over or under a letter; a third one is a prank.
_MOST_MARKS: Final = 2


class NameField(LineField):
    """A name of a person: letters of any Latin script, spaces, hyphens, apostrophes. Capitals stay as typed.

    With `may_be_missing`, a hyphen alone says that the person has no such name.
    """

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
        """Take whatever was sent; give the name. Raises ValidationError."""
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
        """Return a name as typed with one kind of hyphen and of apostrophe."""
        return super().normalise(plain(text))

    def allows(self, sign: str) -> bool:
        """Tell whether a sign that is not a letter may stand in the name."""
        return sign in _NAME_SEPARATORS


class PlaceField(NameField):
    """A name of a place: digits and punctuation as well, as in `Frankfurt (Oder)`."""

    default_error_messages = {
        "sign": _("Remove “%(sign)s” from “%(label)s”: it may hold letters, digits and punctuation"),
    }

    def allows(self, sign: str) -> bool:
        """Tell whether a sign that is not a letter may stand in the name."""
        return sign == " " or sign.isdecimal() or unicodedata.category(sign).startswith("P")


def is_latin_letter(char: str) -> bool:
    """Tell whether a character is a letter of the Latin script, the Polish ones among them."""
    return unicodedata.category(char) in _CASED_LETTERS and unicodedata.name(char, "").startswith("LATIN ")

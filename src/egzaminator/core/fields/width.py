"""How wide the box of a field is: as wide as the answers that are expected in it."""

from enum import StrEnum
from typing import Final

from django import forms


class Width(StrEnum):
    """The width of a field's box. `static/css/forms.css` has a class for each."""

    TINY = "tiny"
    """Numbers of houses and postal codes."""
    SHORT = "short"
    """A number or code: PESEL, telephone, one-time code."""
    MEDIUM = "medium"
    """A name, a password, a choice from a list."""
    LONG = "long"
    """Anything longer, up to the width of the form."""


# The greatest lengths, in characters, of lines of text that belong to no special kind.
_SHORT: Final = 20
_MEDIUM: Final = 60


def width_of(field: forms.Field) -> Width:
    """Return the width of a field's box.

    A field class of one kind of answer states its own `width`. Lines of any text go by their maximum length. Addresses
    are long in any field.
    """
    if isinstance(field.widget, forms.EmailInput):
        return Width.LONG
    if isinstance(field, forms.ChoiceField):
        return Width.MEDIUM
    own: Width | None = getattr(field, "width", None)
    if own is not None:
        return own
    longest: int | None = getattr(field, "max_length", None)
    if longest is None or longest > _MEDIUM:
        return Width.LONG
    return Width.SHORT if longest <= _SHORT else Width.MEDIUM

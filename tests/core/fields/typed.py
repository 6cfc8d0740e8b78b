"""What is typed into fields, and what they say of it."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from hypothesis import strategies as st

# What any program may send.
RUBBISH = st.one_of(st.none(), st.integers(), st.lists(st.text(max_size=3), max_size=3), st.text(max_size=40))
UNSEEN = "“{}” holds a character that cannot be seen; type it in instead of pasting it"


def is_field_error_or(field: forms.CharField, typed: object, is_normal: Callable[[str], object]) -> None:
    """Let the field refuse what was typed, or make of it a normal form that it leaves as it is."""
    try:
        cleaned = field.clean(typed)
    except ValidationError:
        return
    assert is_normal(cleaned)
    assert field.clean(cleaned) == cleaned

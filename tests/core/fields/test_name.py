import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from egzaminator.core.fields import NameField, PlaceField
from tests.core.fields.typed import RUBBISH, UNSEEN, is_field_error_or

name = NameField(label="Surname", max_length=20)
missing_name = NameField(label="First name", may_be_missing=True)
place = PlaceField(label="Town", max_length=40)

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (name, "Nowak\n", "Nowak"),
        (name, "  de  la  Cruz ", "de la Cruz"),
        (name, "O'Neill", "O'Neill"),
        (name, "D’Arc", "D'Arc"),
        (name, "D\u02bcArc", "D'Arc"),
        (name, "D´Arc", "D'Arc"),
        (name, "D`Arc", "D'Arc"),
        (name, "D\u2032Arc", "D'Arc"),
        (name, "’t Hooft", "'t Hooft"),
        (name, "Nowak\u2011Kowalska", "Nowak-Kowalska"),
        (name, "Nowak\u2212Kowalska", "Nowak-Kowalska"),
        (name, "Nowak\u200b", "Nowak"),
        (name, "Nowak–Kowalska", "Nowak-Kowalska"),
        (name, "mcDONALD", "mcDONALD"),
        (name, "Żółć", "Żółć"),
        (name, "Nguyễn", "Nguyễn"),
        (name, "Ẹ̀kọ́", "Ẹ̀kọ́"),
        (missing_name, "-", "-"),
        (missing_name, " — ", "-"),
        (missing_name, "Nowak", "Nowak"),
        (place, "Łódź\u2066", "Łódź"),
        (place, "Frankfurt (Oder)", "Frankfurt (Oder)"),
        (place, "Wilno / Vilnius", "Wilno / Vilnius"),
        (place, "Paris 16", "Paris 16"),
    ],
)
def test_what_people_type_becomes_its_normal_form(field: forms.CharField, typed: str, expected: str) -> None:
    assert field.clean(typed) == expected
    assert field.clean(expected) == expected


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (name, "a" * 21, "Shorten “Surname” to 20 characters; it has 21 now"),
        (name, "Nowak\0", UNSEEN.format("Surname")),
        (name, "Новак", "Write “Surname” in Latin letters, as in Polish"),
        (name, "Nοwak", "Write “Surname” in Latin letters, as in Polish"),
        (name, "Ｎｏｗａｋ", "Write “Surname” in Latin letters, as in Polish"),
        (name, "Nowak2", "Remove “2” from “Surname”: it may hold letters, spaces, hyphens and apostrophes"),
        (name, "٣", "Write the digits in “Surname” as 0 to 9"),
        (name, "<b>Nowak", "Remove “<” from “Surname”: it may hold letters, spaces, hyphens and apostrophes"),
        (name, "Nowak😀", "Remove “😀” from “Surname”: it may hold letters, spaces, hyphens and apostrophes"),
        (name, "-'-", "Write “Surname” in letters"),
        (name, "\u0301Nowak", "Write “Surname” without the extra marks over and under its letters"),
        (name, "N\u0335\u0336\u0337owak", "Write “Surname” without the extra marks over and under its letters"),
        (name, "Nowak\ue000", UNSEEN.format("Surname")),
        (name, "-", "Write “Surname” in letters"),
        (missing_name, "--", "Write “First name” in letters"),
        (missing_name, "", "This field is required."),
        (place, "Київ", "Write “Town” in Latin letters, as in Polish"),
        (place, "<b>", "Remove “<” from “Town”: it may hold letters, digits and punctuation"),
        (place, "12", "Write “Town” in letters"),
    ],
)
def test_a_mistake_is_named_in_words(field: forms.CharField, typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [message]


@settings(max_examples=500, deadline=None)
@given(RUBBISH | st.text("aŁ'’-– \u0301\u0323\u00a0\n", max_size=15))
def test_any_name_is_normal_or_a_field_error(typed: object) -> None:
    is_field_error_or(name, typed, lambda cleaned: cleaned == cleaned.strip() and 0 < len(cleaned) <= 20)

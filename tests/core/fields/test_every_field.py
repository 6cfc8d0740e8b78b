import pytest
from django import forms
from django.core.exceptions import ValidationError

from egzaminator.core.fields import (
    EmailAddressField,
    LineField,
    LoginNameField,
    NameField,
    PhoneField,
    PlaceField,
    PostalCodeField,
    RspoField,
)

LINE, NAME, PHONE, EMAIL = (
    LineField(label="Street", max_length=10),
    NameField(label="Surname", max_length=20),
    PhoneField(label="Phone"),
    EmailAddressField(label="E-mail address"),
)
EVERY = [
    LINE,
    NAME,
    PlaceField(label="Town", max_length=40),
    PostalCodeField(label="Postal code"),
    PHONE,
    EMAIL,
    RspoField(label="RSPO"),
    LoginNameField(),
]

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize("field", EVERY)
@pytest.mark.parametrize("junk", [None, 7, True, ["a", "b"], {"a": 1}, b"a", object(), float("nan")])
def test_junk_that_is_no_text_draws_nothing_but_a_field_error(field: forms.CharField, junk: object) -> None:
    try:
        assert isinstance(field.clean(junk), str)
    except ValidationError as refused:
        assert refused.messages  # noqa: PT017 -- either outcome is right; an exception of another kind is not


@pytest.mark.parametrize("field", [LINE, NAME, PHONE, EMAIL])
def test_pasted_text_is_not_cut_by_the_browser(field: forms.CharField) -> None:
    assert "maxlength" not in field.widget.attrs

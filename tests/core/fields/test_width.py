import pytest
from django import forms

from egzaminator.core.fields import EmailAddressField, LineField, LoginNameField, NameField, PostalCodeField
from egzaminator.core.fields.width import Width, width_of


@pytest.mark.parametrize(
    ("field", "width"),
    [
        (PostalCodeField(), Width.TINY),
        (LoginNameField(), Width.SHORT),
        (LoginNameField(widget=forms.EmailInput()), Width.LONG),
        (NameField(max_length=100), Width.MEDIUM),
        (forms.ChoiceField(), Width.MEDIUM),
        (EmailAddressField(), Width.LONG),
        (LineField(max_length=20), Width.SHORT),
        (LineField(max_length=21), Width.MEDIUM),
        (LineField(max_length=60), Width.MEDIUM),
        (LineField(max_length=61), Width.LONG),
        (LineField(), Width.LONG),
        (forms.CharField(max_length=40), Width.MEDIUM),
    ],
)
def test_a_box_is_as_wide_as_its_answers(field: forms.Field, width: Width) -> None:
    assert width_of(field) == width

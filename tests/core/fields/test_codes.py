import re

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from egzaminator.core.fields import PostalCodeField, RspoField
from tests.core.fields.typed import RUBBISH, UNSEEN, is_field_error_or

postal_code = PostalCodeField(label="Postal code")
rspo = RspoField(label="RSPO")
POSTAL_CODE = "Enter the postal code as five digits, for example 61-655"
RSPO = "Enter the RSPO number in digits, at most ten, for example 12345"

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (postal_code, "\u202a61-655", "61-655"),
        (postal_code, "61\u2212655", "61-655"),
        (postal_code, "61-655", "61-655"),
        (postal_code, "61655\n", "61-655"),
        (postal_code, " 61 655 ", "61-655"),
        (postal_code, "61 – 655", "61-655"),
        (postal_code, "６１－６５５", "61-655"),
        (rspo, "1\u202c", "1"),
        (rspo, "", ""),
        (rspo, " 12 345\n", "12345"),
        (rspo, "１２３４５", "12345"),
    ],
)
def test_what_people_type_becomes_its_normal_form(field: forms.CharField, typed: str, expected: str) -> None:
    assert field.clean(typed) == expected
    assert field.clean(expected) == expected


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (postal_code, "", "Enter the postal code"),
        (postal_code, "6165", POSTAL_CODE),
        (postal_code, "616555", POSTAL_CODE),
        (postal_code, "61-655 Poznań", POSTAL_CODE),
        (postal_code, "6l-655", POSTAL_CODE),
        (postal_code, "6" * 100_000, POSTAL_CODE),
        (postal_code, "٦١-٦٥٥", POSTAL_CODE),
        (postal_code, "<61-655>", POSTAL_CODE),
        (postal_code, "61-655\0", UNSEEN.format("Postal code")),
        (rspo, "12345678901", RSPO),
        (rspo, "12a", RSPO),
        (rspo, "٣", RSPO),
        (rspo, "<1>", RSPO),
        (rspo, "1\0", UNSEEN.format("RSPO")),
    ],
)
def test_a_mistake_is_named_in_words(field: forms.CharField, typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [message]


@settings(max_examples=300, deadline=None)
@given(RUBBISH | st.text("0123456789 -–\u2212\u00a0\n６٦l", max_size=10))
def test_any_postal_code_is_normal_or_a_field_error(typed: object) -> None:
    is_field_error_or(postal_code, typed, re.compile(r"[0-9]{2}-[0-9]{3}").fullmatch)

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from egzaminator.core.fields import PhoneField, format_phone
from tests.core.fields.typed import RUBBISH, UNSEEN, is_field_error_or

phone = PhoneField(label="Phone")
PHONE_SIGNS = "Write the phone number in digits, for example 61 854 01 60 or +49 30 901820"
POLISH_PHONE = (
    "Check the phone number: a Polish one has nine digits, for example 61 854 01 60, and a foreign one begins with +"
)
FOREIGN_PHONE = (
    "Check the phone number: a foreign one begins with + and the code of the country, for example +49 30 901820"
)
EXTENSION = "Leave out the extension: enter one number alone, for example 61 854 01 60"

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("\u202a618540160\u202c", "+48618540160"),
        ("61\u2011854\u201201\u221260", "+48618540160"),
        ("61 854 01 60", "+48618540160"),
        ("(061) 854-01-60", "+48618540160"),
        ("0-61/854.01.60\n", "+48618540160"),
        ("0048 61 854 01 60", "+48618540160"),
        ("+48 (0)61 854–01–60", "+48618540160"),
        ("48618540160", "+48618540160"),
        ("６１８５４０１６０", "+48618540160"),
        ("512 345 678", "+48512345678"),
        ("+49 30 901820", "+4930901820"),
        ("0044 20 7946 0000", "+442079460000"),
        ("+39 06 1234 5678", "+390612345678"),
    ],
)
def test_what_people_type_becomes_its_normal_form(typed: str, expected: str) -> None:
    assert phone.clean(typed) == expected
    assert phone.clean(expected) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the phone number"),
        ("61 854 01 6", POLISH_PHONE),
        ("61 854 01 600", POLISH_PHONE),
        ("061 854 01 6", POLISH_PHONE),
        ("61 854 01 60/61", POLISH_PHONE),
        ("000 000 000", POLISH_PHONE),
        ("64 12 34", POLISH_PHONE),
        ("+48 123", POLISH_PHONE),
        ("+", FOREIGN_PHONE),
        ("+49 1", FOREIGN_PHONE),
        ("+999 123456789", FOREIGN_PHONE),
        ("61+8540160", POLISH_PHONE),
        ("61 854 01 60 wew. 12", EXTENSION),
        ("618540160 ext 12", EXTENSION),
        ("618540160x12", EXTENSION),
        ("618540160#12", EXTENSION),
        ("618540160;ext=3", EXTENSION),
        ("0800-FLOWERS", PHONE_SIGNS),
        ("<b>618540160</b>", PHONE_SIGNS),
        ("٦١٨٥٤٠١٦٠", "Write the phone number in digits 0 to 9, for example 61 854 01 60"),
        ("6" * 61, "Shorten “Phone” to 60 characters; it has 61 now"),
        ("618540160\0", UNSEEN.format("Phone")),
    ],
)
def test_a_mistake_is_named_in_words(typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        phone.clean(typed)
    assert refused.value.messages == [message]


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+48618540160", "61 854 01 60"),
        ("+48512345678", "512 345 678"),
        ("+4930901820", "+49 30 901820"),
        ("+12025550100", "+1 202-555-0100"),
        ("", ""),
        ("nonsense", "nonsense"),
    ],
)
def test_a_phone_number_is_shown_as_people_write_it(e164: str, shown: str) -> None:
    assert format_phone(e164) == shown


@settings(max_examples=500, deadline=None)
@given(RUBBISH | st.text("0123456789+()-./ x#;", max_size=24) | st.from_regex(r"\A(\+|00)?[0-9 ()-]{7,16}\Z"))
def test_any_phone_number_is_normal_or_a_field_error(typed: object) -> None:
    is_field_error_or(phone, typed, re.compile(r"\+[1-9][0-9]{4,14}").fullmatch)

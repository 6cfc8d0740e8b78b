import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from egzaminator.core.fields import LoginNameField
from tests.core.fields.typed import RUBBISH, UNSEEN, is_field_error_or

login_name = LoginNameField()
LOOKALIKE = "A PESEL has digits alone: check that “{}” is not a letter typed for a digit"

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("\u202a44051401359\u202c", "44051401359"),
        ("440514\u200b01359", "44051401359"),
        ("\u202dBP-7", "BP-7"),
        ("44051401359", "44051401359"),
        (" 440514-01359\n", "44051401359"),
        ("４４０５１４０１３５９", "44051401359"),
        (" OKE/12 a ", "OKE/12 a"),
        ("2024/017", "2024/017"),
        ("44O514013S9", "44O514013S9"),
        ("44O51401358", "44O51401358"),
        ("O1I2l3", "O1I2l3"),
        ("Jan@Example.com", "Jan@Example.com"),
    ],
)
def test_what_people_type_becomes_its_normal_form(typed: str, expected: str) -> None:
    assert login_name.clean(typed) == expected
    assert login_name.clean(expected) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter your PESEL"),
        (" - ", "Enter your PESEL"),
        ("4405140135", "Check the PESEL: it has 11 digits, and you typed 10"),
        ("4" * 1000, "Check the PESEL: it has 11 digits, and you typed 1000"),
        ("44051401358", "Check the PESEL: one of the digits is wrong or two are swapped"),
        ("44130112347", "Check the PESEL: its first six digits are not a date of birth"),
        ("44451412348", "Check the PESEL: its third and fourth digits are not a month of birth"),
        ("99311512348", "Check the PESEL: the date of birth in it has not come yet"),
        ("٤٤٠٥١٤٠١٣٥٩", "Write the PESEL in digits 0 to 9"),
        ("44O51401359", LOOKALIKE.format("O")),
        ("4405 l4O l359", LOOKALIKE.format("l")),
        ("44051401359\0", UNSEEN.format("PESEL")),
        ("a" * 41, "Shorten “PESEL” to 40 characters; it has 41 now"),
        ("a@" + "b" * 253, "Shorten “PESEL” to 254 characters; it has 255 now"),
    ],
)
def test_a_mistake_is_named_in_words(typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        login_name.clean(typed)
    assert refused.value.messages == [message]


@settings(max_examples=300, deadline=None)
@given(RUBBISH | st.text("0123456789 -a@٣", max_size=15))
def test_any_login_name_is_normal_or_a_field_error(typed: object) -> None:
    is_field_error_or(login_name, typed, lambda cleaned: cleaned == cleaned.strip() and 0 < len(cleaned) <= 254)

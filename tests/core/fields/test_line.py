import pytest
from django.core.exceptions import ValidationError

from egzaminator.core.fields import LineField
from tests.core.fields.typed import UNSEEN

line = LineField(label="Street", max_length=10)

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" ul.\u00a0Nowa\n", "ul. Nowa"),
        ("a\tb\r\nc", "a b c"),
        ("Z\u0301", "Ź"),
        ("<b>", "<b>"),
        ("\u202eul.", "ul."),
    ],
)
def test_what_people_type_becomes_its_normal_form(typed: str, expected: str) -> None:
    assert line.clean(typed) == expected
    assert line.clean(expected) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("a" * 11, "Shorten “Street” to 10 characters; it has 11 now"),
        ("a\0", UNSEEN.format("Street")),
        ("\ue000", UNSEEN.format("Street")),
        ("\ud800", UNSEEN.format("Street")),
        ("٣", "Write the digits in “Street” as 0 to 9"),
        ("１２", "Write the digits in “Street” as 0 to 9"),
    ],
)
def test_a_mistake_is_named_in_words(typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        line.clean(typed)
    assert refused.value.messages == [message]

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from egzaminator.core.fields import EmailAddressField
from tests.core.fields.typed import RUBBISH, UNSEEN, is_field_error_or

email = EmailAddressField(label="E-mail address")
SEVERAL_EMAILS = "Enter one e-mail address, without spaces, for example anna.nowak@example.com"
EMAIL = "Check the e-mail address: it is written like anna.nowak@example.com"
DOMAIN = "Check the part of the e-mail address after @, for example example.com"

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("\u200fanna@example.com", "anna@example.com"),
        (" Anna.Nowak@EXAMPLE.com\n", "Anna.Nowak@example.com"),
        ("mailto:anna@example.com?subject=x", "anna@example.com"),
        ("MAILTO: anna@example.com", "anna@example.com"),
        ('"Nowak, Anna" <anna@example.com>', "anna@example.com"),
        ("anna@example.com <anna@example.com>", "anna@example.com"),
        ("Anna <mailto:anna@example.com>", "anna@example.com"),
        ("anna@ŁÓDŹ.pl", "anna@xn--d-uga0v4h.pl"),
        ("anna@XN--D-uga0v4h.pl", "anna@xn--d-uga0v4h.pl"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_what_people_type_becomes_its_normal_form(typed: str, expected: str) -> None:
    assert email.clean(typed) == expected
    assert email.clean(expected) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the e-mail address"),
        ("anna.example.com", "Enter a whole e-mail address, for example anna.nowak@example.com"),
        ("a@example.com, b@example.com", SEVERAL_EMAILS),
        ("anna @example.com", SEVERAL_EMAILS),
        ("anna@anna@example.com", SEVERAL_EMAILS),
        ("łucja@example.com", "Remove “ł” from the e-mail address: there are no such letters before @"),
        ("anna٣@example.com", "Write the digits in “E-mail address” as 0 to 9"),
        ("anna@straße.de", DOMAIN),
        (f"anna@{'ł' * 80}.pl", DOMAIN),
        ("anna@ł..pl", DOMAIN),
        ("anna@example", EMAIL),
        ("anna@localhost", EMAIL),
        ("anna@[127.0.0.1]", EMAIL),
        ('"anna"@example.com', EMAIL),
        ("@example.com", EMAIL),
        ("anna@", EMAIL),
        ("<b>@example.com", EMAIL),
        (f"{'a' * 65}@example.com", EMAIL),
        ("a" * 255, "Shorten the e-mail address to 254 characters; it has 255 now"),
        (f"a@{'.'.join(['ł' * 20] * 10)}.pl", "Shorten the e-mail address to 254 characters; it has 274 now"),
        ("anna@example.com\0", UNSEEN.format("E-mail address")),
    ],
)
def test_a_mistake_is_named_in_words(typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        email.clean(typed)
    assert refused.value.messages == [message]


@settings(max_examples=500, deadline=None)
@given(RUBBISH | st.emails() | st.text("abĄłß@.<>-?: \"'mailto", max_size=30))
def test_any_email_address_is_normal_or_a_field_error(typed: object) -> None:
    normal = re.compile(r"[!-~]{1,64}@[a-z0-9.-]{4,}")
    is_field_error_or(email, typed, lambda cleaned: normal.fullmatch(cleaned) and len(cleaned) <= 254)

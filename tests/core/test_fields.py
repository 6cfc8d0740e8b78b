import re
from collections.abc import Callable, Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from egzaminator.core.fields import (
    EmailAddressField,
    LineField,
    LoginNameField,
    NameField,
    PhoneField,
    PlaceField,
    PostalCodeField,
    RspoField,
    format_phone,
)

# What any client may send.
RUBBISH = st.one_of(st.none(), st.integers(), st.lists(st.text(max_size=3), max_size=3), st.text(max_size=40))

line = LineField(label="Street", max_length=10)
name = NameField(label="Surname", max_length=20)
missing_name = NameField(label="First name", may_be_missing=True)
place = PlaceField(label="Town", max_length=40)
postal_code = PostalCodeField(label="Postal code")
phone = PhoneField(label="Phone")
email = EmailAddressField(label="E-mail address")
rspo = RspoField(label="RSPO")
login_name = LoginNameField()

UNSEEN = "“{}” holds a character that cannot be seen; type it in instead of pasting it"
POSTAL_CODE = "Enter the postal code as five digits, for example 61-655"
PHONE_SIGNS = "Write the phone number in digits, for example 61 854 01 60 or +49 30 901820"
POLISH_PHONE = (
    "Check the phone number: a Polish one has nine digits, for example 61 854 01 60, and a foreign one begins with +"
)
FOREIGN_PHONE = (
    "Check the phone number: a foreign one begins with + and the code of the country, for example +49 30 901820"
)
LOOKALIKE = "A PESEL has digits alone: check that “{}” is not a letter typed for a digit"
EXTENSION = "Leave out the extension: enter one number alone, for example 61 854 01 60"
SEVERAL_EMAILS = "Enter one e-mail address, without spaces, for example anna.nowak@example.com"
EMAIL = "Check the e-mail address: it is written like anna.nowak@example.com"
DOMAIN = "Check the part of the e-mail address after @, for example example.com"
RSPO = "Enter the RSPO number in digits, at most ten, for example 12345"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (line, " ul.\u00a0Nowa\n", "ul. Nowa"),
        (line, "a\tb\r\nc", "a b c"),
        (line, "Z\u0301", "Ź"),
        (line, "<b>", "<b>"),
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
        (missing_name, "-", "-"),
        (missing_name, " — ", "-"),
        (missing_name, "Nowak", "Nowak"),
        (line, "\u202eul.", "ul."),
        (place, "Łódź\u2066", "Łódź"),
        (postal_code, "\u202a61-655", "61-655"),
        (postal_code, "61\u2212655", "61-655"),
        (phone, "\u202a618540160\u202c", "+48618540160"),
        (phone, "61\u2011854\u201201\u221260", "+48618540160"),
        (email, "\u200fanna@example.com", "anna@example.com"),
        (rspo, "1\u202c", "1"),
        (login_name, "\u202a44051401359\u202c", "44051401359"),
        (login_name, "440514\u200b01359", "44051401359"),
        (login_name, "\u202dBP-7", "BP-7"),
        (name, "Nowak–Kowalska", "Nowak-Kowalska"),
        (name, "mcDONALD", "mcDONALD"),
        (name, "Żółć", "Żółć"),
        (name, "Nguyễn", "Nguyễn"),
        (name, "Ẹ̀kọ́", "Ẹ̀kọ́"),
        (place, "Frankfurt (Oder)", "Frankfurt (Oder)"),
        (place, "Wilno / Vilnius", "Wilno / Vilnius"),
        (place, "Paris 16", "Paris 16"),
        (postal_code, "61-655", "61-655"),
        (postal_code, "61655\n", "61-655"),
        (postal_code, " 61 655 ", "61-655"),
        (postal_code, "61 – 655", "61-655"),
        (postal_code, "６１－６５５", "61-655"),
        (phone, "61 854 01 60", "+48618540160"),
        (phone, "(061) 854-01-60", "+48618540160"),
        (phone, "0-61/854.01.60\n", "+48618540160"),
        (phone, "0048 61 854 01 60", "+48618540160"),
        (phone, "+48 (0)61 854–01–60", "+48618540160"),
        (phone, "48618540160", "+48618540160"),
        (phone, "６１８５４０１６０", "+48618540160"),
        (phone, "512 345 678", "+48512345678"),
        (phone, "+49 30 901820", "+4930901820"),
        (phone, "0044 20 7946 0000", "+442079460000"),
        (phone, "+39 06 1234 5678", "+390612345678"),
        (email, " Anna.Nowak@EXAMPLE.com\n", "Anna.Nowak@example.com"),
        (email, "mailto:anna@example.com?subject=x", "anna@example.com"),
        (email, "MAILTO: anna@example.com", "anna@example.com"),
        (email, '"Nowak, Anna" <anna@example.com>', "anna@example.com"),
        (email, "anna@example.com <anna@example.com>", "anna@example.com"),
        (email, "Anna <mailto:anna@example.com>", "anna@example.com"),
        (email, "anna@ŁÓDŹ.pl", "anna@xn--d-uga0v4h.pl"),
        (email, "anna@XN--D-uga0v4h.pl", "anna@xn--d-uga0v4h.pl"),
        (email, f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
        (rspo, "", ""),
        (rspo, " 12 345\n", "12345"),
        (rspo, "１２３４５", "12345"),
        (login_name, "44051401359", "44051401359"),
        (login_name, " 440514-01359\n", "44051401359"),
        (login_name, "４４０５１４０１３５９", "44051401359"),
        (login_name, " OKE/12 a ", "OKE/12 a"),
        (login_name, "2024/017", "2024/017"),
        (login_name, "44O514013S9", "44O514013S9"),
        (login_name, "44O51401358", "44O51401358"),
        (login_name, "O1I2l3", "O1I2l3"),
        (login_name, "Jan@Example.com", "Jan@Example.com"),
    ],
)
def test_what_people_type_becomes_its_normal_form(field: forms.CharField, typed: str, expected: str) -> None:
    assert field.clean(typed) == expected
    assert field.clean(expected) == expected


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (line, "a" * 11, "Shorten “Street” to 10 characters; it has 11 now"),
        (line, "a\0", UNSEEN.format("Street")),
        (line, "\ue000", UNSEEN.format("Street")),
        (line, "\ud800", UNSEEN.format("Street")),
        (line, "٣", "Write the digits in “Street” as 0 to 9"),
        (line, "１２", "Write the digits in “Street” as 0 to 9"),
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
        (postal_code, "", "Enter the postal code"),
        (postal_code, "6165", POSTAL_CODE),
        (postal_code, "616555", POSTAL_CODE),
        (postal_code, "61-655 Poznań", POSTAL_CODE),
        (postal_code, "6l-655", POSTAL_CODE),
        (postal_code, "6" * 100_000, POSTAL_CODE),
        (postal_code, "٦١-٦٥٥", POSTAL_CODE),
        (postal_code, "<61-655>", POSTAL_CODE),
        (postal_code, "61-655\0", UNSEEN.format("Postal code")),
        (phone, "", "Enter the phone number"),
        (phone, "61 854 01 6", POLISH_PHONE),
        (phone, "61 854 01 600", POLISH_PHONE),
        (phone, "061 854 01 6", POLISH_PHONE),
        (phone, "61 854 01 60/61", POLISH_PHONE),
        (phone, "000 000 000", POLISH_PHONE),
        (phone, "64 12 34", POLISH_PHONE),
        (phone, "+48 123", POLISH_PHONE),
        (phone, "+", FOREIGN_PHONE),
        (phone, "+49 1", FOREIGN_PHONE),
        (phone, "+999 123456789", FOREIGN_PHONE),
        (phone, "61+8540160", POLISH_PHONE),
        (phone, "61 854 01 60 wew. 12", EXTENSION),
        (phone, "618540160 ext 12", EXTENSION),
        (phone, "618540160x12", EXTENSION),
        (phone, "618540160#12", EXTENSION),
        (phone, "618540160;ext=3", EXTENSION),
        (phone, "0800-FLOWERS", PHONE_SIGNS),
        (phone, "<b>618540160</b>", PHONE_SIGNS),
        (phone, "٦١٨٥٤٠١٦٠", "Write the phone number in digits 0 to 9, for example 61 854 01 60"),
        (phone, "6" * 61, "Shorten “Phone” to 60 characters; it has 61 now"),
        (phone, "618540160\0", UNSEEN.format("Phone")),
        (email, "", "Enter the e-mail address"),
        (email, "anna.example.com", "Enter a whole e-mail address, for example anna.nowak@example.com"),
        (email, "a@example.com, b@example.com", SEVERAL_EMAILS),
        (email, "anna @example.com", SEVERAL_EMAILS),
        (email, "anna@anna@example.com", SEVERAL_EMAILS),
        (email, "łucja@example.com", "Remove “ł” from the e-mail address: there are no such letters before @"),
        (email, "anna٣@example.com", "Write the digits in “E-mail address” as 0 to 9"),
        (email, "anna@straße.de", DOMAIN),
        (email, f"anna@{'ł' * 80}.pl", DOMAIN),
        (email, "anna@ł..pl", DOMAIN),
        (email, "anna@example", EMAIL),
        (email, "anna@localhost", EMAIL),
        (email, "anna@[127.0.0.1]", EMAIL),
        (email, '"anna"@example.com', EMAIL),
        (email, "@example.com", EMAIL),
        (email, "anna@", EMAIL),
        (email, "<b>@example.com", EMAIL),
        (email, f"{'a' * 65}@example.com", EMAIL),
        (email, "a" * 255, "Shorten the e-mail address to 254 characters; it has 255 now"),
        (
            email,
            f"a@{'.'.join(['ł' * 20] * 10)}.pl",
            "Shorten the e-mail address to 254 characters; it has 274 now",
        ),
        (email, "anna@example.com\0", UNSEEN.format("E-mail address")),
        (rspo, "12345678901", RSPO),
        (rspo, "12a", RSPO),
        (rspo, "٣", RSPO),
        (rspo, "<1>", RSPO),
        (rspo, "1\0", UNSEEN.format("RSPO")),
        (login_name, "", "Enter your PESEL"),
        (login_name, " - ", "Enter your PESEL"),
        (login_name, "4405140135", "Check the PESEL: it has 11 digits, and you typed 10"),
        (login_name, "4" * 1000, "Check the PESEL: it has 11 digits, and you typed 1000"),
        (login_name, "44051401358", "Check the PESEL: one of the digits is wrong or two are swapped"),
        (login_name, "44130112347", "Check the PESEL: its first six digits are not a date of birth"),
        (login_name, "44451412348", "Check the PESEL: its third and fourth digits are not a month of birth"),
        (login_name, "99311512348", "Check the PESEL: the date of birth in it has not come yet"),
        (login_name, "٤٤٠٥١٤٠١٣٥٩", "Write the PESEL in digits 0 to 9"),
        (login_name, "44O51401359", LOOKALIKE.format("O")),
        (login_name, "4405 l4O l359", LOOKALIKE.format("l")),
        (login_name, "44051401359\0", UNSEEN.format("PESEL")),
        (login_name, "a" * 41, "Shorten “PESEL” to 40 characters; it has 41 now"),
        (login_name, "a@" + "b" * 253, "Shorten “PESEL” to 254 characters; it has 255 now"),
    ],
)
def test_a_mistake_is_named_in_words(field: forms.CharField, typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [message]


@pytest.mark.parametrize("field", [line, name, place, postal_code, phone, email, rspo, login_name])
@pytest.mark.parametrize("junk", [None, 7, True, ["a", "b"], {"a": 1}, b"a", object(), float("nan")])
def test_junk_that_is_no_text_draws_nothing_but_a_field_error(field: forms.CharField, junk: object) -> None:
    try:
        assert isinstance(field.clean(junk), str)
    except ValidationError as refused:
        assert refused.messages  # noqa: PT017 -- either outcome is right; an exception of another kind is not


@pytest.mark.parametrize("field", [line, name, phone, email])
def test_pasted_text_is_not_cut_by_the_browser(field: forms.CharField) -> None:
    assert "maxlength" not in field.widget.attrs


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


def _is_field_error_or(field: forms.CharField, typed: object, is_normal: Callable[[str], object]) -> None:
    try:
        cleaned = field.clean(typed)
    except ValidationError:
        return
    assert is_normal(cleaned)
    assert field.clean(cleaned) == cleaned


@settings(max_examples=300, deadline=None)
@given(RUBBISH | st.text("0123456789 -–\u2212\u00a0\n６٦l", max_size=10))
def test_any_postal_code_is_normal_or_a_field_error(typed: object) -> None:
    _is_field_error_or(postal_code, typed, re.compile(r"[0-9]{2}-[0-9]{3}").fullmatch)


@settings(max_examples=500, deadline=None)
@given(RUBBISH | st.text("0123456789+()-./ x#;", max_size=24) | st.from_regex(r"\A(\+|00)?[0-9 ()-]{7,16}\Z"))
def test_any_phone_number_is_normal_or_a_field_error(typed: object) -> None:
    _is_field_error_or(phone, typed, re.compile(r"\+[1-9][0-9]{4,14}").fullmatch)


@settings(max_examples=500, deadline=None)
@given(RUBBISH | st.emails() | st.text("abĄłß@.<>-?: \"'mailto", max_size=30))
def test_any_email_address_is_normal_or_a_field_error(typed: object) -> None:
    normal = re.compile(r"[!-~]{1,64}@[a-z0-9.-]{4,}")
    _is_field_error_or(email, typed, lambda cleaned: normal.fullmatch(cleaned) and len(cleaned) <= 254)


@settings(max_examples=500, deadline=None)
@given(RUBBISH | st.text("aŁ'’-– \u0301\u0323\u00a0\n", max_size=15))
def test_any_name_is_normal_or_a_field_error(typed: object) -> None:
    _is_field_error_or(name, typed, lambda cleaned: cleaned == cleaned.strip() and 0 < len(cleaned) <= 20)


@settings(max_examples=300, deadline=None)
@given(RUBBISH | st.text("0123456789 -a@٣", max_size=15))
def test_any_login_name_is_normal_or_a_field_error(typed: object) -> None:
    _is_field_error_or(login_name, typed, lambda cleaned: cleaned == cleaned.strip() and 0 < len(cleaned) <= 254)

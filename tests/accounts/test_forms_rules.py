"""What the details must hold, and what becomes of what was typed."""

import pytest
from django.http import QueryDict

from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Details
from tests.accounts.details import CORRESPONDENCE, FILLED_IN, KEPT, WORKPLACE, messages

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.slow]


def test_details_become_a_value_for_each_field() -> None:
    form = DetailsForm(FILLED_IN)
    assert messages(form) == {}
    assert form.cleaned_details() == KEPT
    assert set(KEPT) == {field.name for field in Details._meta.fields}  # noqa: SLF001 -- public, by Django


def test_details_with_everything() -> None:
    form = DetailsForm(FILLED_IN | CORRESPONDENCE | WORKPLACE)
    assert messages(form) == {}
    expected = KEPT | CORRESPONDENCE | WORKPLACE
    assert form.cleaned_details() == expected | {"has_correspondence_address": True, "workplace_rspo": "12345"}


@pytest.mark.parametrize(("first_name", "surname"), [("–", "Sukarno"), ("Teller", " - ")])
def test_a_person_of_one_name_fills_it_in(first_name: str, surname: str) -> None:
    form = DetailsForm(FILLED_IN | {"first_name": first_name, "surname": surname})
    assert messages(form) == {}
    assert (form.cleaned_data["first_name"], form.cleaned_data["surname"]) == (
        first_name.replace("–", "-"),
        surname.strip(),
    )


def test_a_person_has_a_name() -> None:
    form = DetailsForm(FILLED_IN | {"first_name": "-", "surname": "—"})
    assert messages(form) == {"surname": ["Enter your surname; if your documents hold none, write “-”"]}


def test_what_an_empty_form_lacks() -> None:
    assert messages(DetailsForm({"country": "PL"})) == {
        "first_name": ["Enter your first name; if your documents hold none, write “-”"],
        "surname": ["Enter your surname; if your documents hold none, write “-”"],
        "birthplace": ["Enter your place of birth"],
        "house_number": ["Enter the house number"],
        "postal_code": ["Enter the postal code"],
        "locality": ["Enter the town or village"],
        "voivodeship": ["Choose the voivodeship from the list"],
        "phone": ["Enter your phone number"],
        "employment": ["Choose your employment from the list"],
    }


def test_what_a_correspondence_address_lacks() -> None:
    form = DetailsForm(FILLED_IN | {"has_correspondence_address": "on", "correspondence_country": "PL"})
    assert messages(form) == {
        "correspondence_house_number": ["Enter the house number of the correspondence address"],
        "correspondence_postal_code": ["Enter the postal code of the correspondence address"],
        "correspondence_locality": ["Enter the town or village of the correspondence address"],
    }


@pytest.mark.parametrize("employment", ["school", "university", "employer"])
def test_who_is_employed_says_where(employment: str) -> None:
    assert messages(DetailsForm(FILLED_IN | {"employment": employment})) == {
        "workplace_name": ["Enter the name of the school or other workplace"],
        "workplace_address": ["Enter the address of the workplace"],
    }


@pytest.mark.parametrize("employment", ["self-employed", "retired", "none"])
def test_who_is_not_employed_has_no_workplace(employment: str) -> None:
    form = DetailsForm(FILLED_IN | WORKPLACE | {"employment": employment, "workplace_rspo": "x\0"})
    assert messages(form) == {}
    assert form.cleaned_details() == KEPT | {"employment": employment}


def test_a_correspondence_address_that_is_not_asked_for_is_dropped_unread() -> None:
    form = DetailsForm(FILLED_IN | CORRESPONDENCE | {"has_correspondence_address": "", "correspondence_country": "\0"})
    assert messages(form) == {}
    assert form.cleaned_details() == KEPT


@pytest.mark.parametrize("postal_code", ["", "D-10117", "SW1A 1AA"])
def test_abroad_any_postal_code_will_do_and_there_is_no_voivodeship(postal_code: str) -> None:
    form = DetailsForm(FILLED_IN | {"country": "DE", "postal_code": postal_code, "voivodeship": "no such"})
    assert messages(form) == {}
    assert form.cleaned_details() == KEPT | {"country": "DE", "postal_code": postal_code, "voivodeship": ""}


def test_abroad_a_postal_code_has_its_length_still() -> None:
    form = DetailsForm(FILLED_IN | {"country": "BR", "postal_code": "1" * 13})
    assert messages(form) == {"postal_code": ["Shorten “Postal code” to 12 characters; it has 13 now"]}


def test_each_address_goes_by_its_own_country() -> None:
    abroad = {"correspondence_country": "CZ", "correspondence_postal_code": "110 00"}
    form = DetailsForm(FILLED_IN | CORRESPONDENCE | abroad)
    assert messages(form) == {}
    assert form.cleaned_details()["correspondence_postal_code"] == "110 00"
    assert form.cleaned_details()["postal_code"] == "61-655"


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("first_name", "Anna2", "Remove “2” from “First name”: it may hold letters, spaces, hyphens and apostrophes"),
        ("middle_names", "Ы", "Write “Second name (and further)” in Latin letters, as in Polish"),
        ("surname", "N" * 101, "Shorten “Surname” to 100 characters; it has 101 now"),
        ("birthplace", "<i>", "Remove “<” from “Place of birth”: it may hold letters, digits and punctuation"),
        ("country", "XX", "Choose the country from the list"),
        ("street", "u" * 121, "Shorten “Street” to 120 characters; it has 121 now"),
        ("house_number", "１２", "Write the digits in “House number” as 0 to 9"),
        ("postal_code", "61-65", "Enter the postal code as five digits, for example 61-655"),
        (
            "locality",
            "Łódź\ue000",
            "“Town or village” holds a character that cannot be seen; type it in instead of pasting it",
        ),
        ("voivodeship", "wielkopolskie", "Choose the voivodeship from the list"),
        ("employment", "teacher", "Choose your employment from the list"),
        ("subjects", "s" * 301, "Shorten “Subjects you teach” to 300 characters; it has 301 now"),
    ],
)
def test_a_wrong_field_says_what_is_wrong(name: str, typed: str, message: str) -> None:
    assert messages(DetailsForm(FILLED_IN | {name: typed})) == {name: [message]}


@pytest.mark.parametrize(
    "junk",
    ["a\0b", "٣٣٣", "\u202e\u2066", "<script>alert(1)</script>", "x" * 100_000, "\n\n", "\ud800", ["a"], 7, None],
)
def test_no_rubbish_in_any_field_breaks_the_form(junk: object) -> None:
    names = DetailsForm.base_fields
    for filled_in in (dict.fromkeys(names, junk), *(FILLED_IN | CORRESPONDENCE | WORKPLACE | {n: junk} for n in names)):
        form = DetailsForm(filled_in)
        form.is_valid()
        assert str(form)


def test_missing_and_repeated_keys_break_nothing() -> None:
    assert not DetailsForm(QueryDict("")).is_valid()
    assert not DetailsForm(QueryDict("country=PL&country=DE&surname=A&surname=B&country")).is_valid()

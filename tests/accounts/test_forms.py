from collections.abc import Iterator

import pytest
from django.http import QueryDict
from django.utils import translation

from egzaminator.accounts.countries import country_choices, country_name
from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Details, Profile
from egzaminator.core.forms import ConditionalBoundField
from egzaminator.core.text import sort_key

FILLED_IN = {
    "first_name": " Żaneta ",
    "middle_names": "",
    "surname": "Nowak–Wiśniewska",
    "birthplace": "Nowy Tomyśl",
    "country": "PL",
    "street": "ul. Gronowa",
    "house_number": "12A/3",
    "flat_number": "",
    "postal_code": "61655",
    "locality": "Poznań",
    "voivodeship": "30",
    "phone": "(061) 854-01-60",
    "employment": "retired",
    "subjects": "",
}
KEPT = {
    "first_name": "Żaneta",
    "middle_names": "",
    "surname": "Nowak-Wiśniewska",
    "birthplace": "Nowy Tomyśl",
    "country": "PL",
    "street": "ul. Gronowa",
    "house_number": "12A/3",
    "flat_number": "",
    "postal_code": "61-655",
    "locality": "Poznań",
    "voivodeship": "30",
    "phone": "+48618540160",
    "has_correspondence_address": False,
    "correspondence_country": "",
    "correspondence_street": "",
    "correspondence_house_number": "",
    "correspondence_flat_number": "",
    "correspondence_postal_code": "",
    "correspondence_locality": "",
    "employment": "retired",
    "workplace_name": "",
    "workplace_address": "",
    "workplace_rspo": "",
    "subjects": "",
}
CORRESPONDENCE = {
    "has_correspondence_address": "on",
    "correspondence_country": "PL",
    "correspondence_street": "Rynek",
    "correspondence_house_number": "1",
    "correspondence_flat_number": "2",
    "correspondence_postal_code": "62-020",
    "correspondence_locality": "Swarzędz",
}
WORKPLACE = {
    "employment": "school",
    "workplace_name": "Szkoła Podstawowa nr 1 w Swarzędzu",
    "workplace_address": "Zamkowa 20, 62-020 Swarzędz",
    "workplace_rspo": "12 345",
}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def messages(form: DetailsForm) -> dict[str, list[str]]:
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


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


def test_what_was_typed_stays_in_a_form_with_mistakes() -> None:
    form = DetailsForm(FILLED_IN | {"surname": " No\0wak", "phone": "061 854"})
    assert not form.is_valid()
    assert (form["surname"].value(), form["phone"].value()) == (" No\0wak", "061 854")


def test_kept_details_are_shown_as_people_write_them() -> None:
    initial = DetailsForm.initial_from(Profile(**KEPT))
    assert initial == KEPT | {"phone": "61 854 01 60"}
    assert DetailsForm(initial).is_valid()
    assert DetailsForm(initial).fields.keys() == KEPT.keys()


def test_the_fieldsets_hold_every_field_once_in_its_order() -> None:
    form = DetailsForm()
    fieldsets = [(fieldset.id, str(fieldset.legend)) for fieldset in form.fieldsets]
    assert fieldsets == [
        ("fieldset-personal", "Personal details"),
        ("fieldset-home", "Home address"),
        ("fieldset-correspondence", "Correspondence address"),
        ("fieldset-employment", "Employment details"),
    ]
    assert [field.name for fieldset in form.fieldsets for field in fieldset.fields] == list(form.fields)


def test_every_label_is_one_field_s_alone() -> None:
    labels = [str(field.label) for field in DetailsForm().fields.values()]
    assert labels == [
        "First name",
        "Second name (and further)",
        "Surname",
        "Place of birth",
        "Country",
        "Street",
        "House number",
        "Flat number",
        "Postal code",
        "Town or village",
        "Voivodeship",
        "Phone",
        "The correspondence address is different from the home address",
        "Country (correspondence)",
        "Street (correspondence)",
        "House number (correspondence)",
        "Flat number (correspondence)",
        "Postal code (correspondence)",
        "Town or village (correspondence)",
        "Employment",
        "Name of the school or other workplace",
        "Address of the workplace",
        "RSPO number (if you know it)",
        "Subjects you teach",
    ]
    assert len(set(labels)) == len(labels)


def test_what_is_optional_says_so() -> None:
    form = DetailsForm()
    fields = [field for field in form if isinstance(field, ConditionalBoundField)]
    assert len(fields) == len(form.fields)
    assert {field.name for field in fields if field.is_optional} == {
        "middle_names",
        "street",
        "flat_number",
        "correspondence_street",
        "correspondence_flat_number",
        "workplace_rspo",
        "subjects",
    }
    assert form["street"].aria_describedby == "id_street_optional id_street_helptext"
    assert form["flat_number"].aria_describedby == "id_flat_number_optional"


def test_browsers_know_whose_data_go_where() -> None:
    form = DetailsForm()
    assert {field.name: field.field.widget.attrs.get("autocomplete") for field in form} == {
        "first_name": "given-name",
        "middle_names": "additional-name",
        "surname": "family-name",
        "birthplace": "off",
        "country": "section-home country",
        "street": "section-home address-line1",
        "house_number": "section-home address-line2",
        "flat_number": "section-home address-line3",
        "postal_code": "section-home postal-code",
        "locality": "section-home address-level2",
        "voivodeship": "section-home address-level1",
        "phone": "tel",
        "has_correspondence_address": None,
        "correspondence_country": "section-correspondence country",
        "correspondence_street": "section-correspondence address-line1",
        "correspondence_house_number": "section-correspondence address-line2",
        "correspondence_flat_number": "section-correspondence address-line3",
        "correspondence_postal_code": "section-correspondence postal-code",
        "correspondence_locality": "section-correspondence address-level2",
        "employment": "off",
        "workplace_name": "section-work organization",
        "workplace_address": "section-work address-line1",
        "workplace_rspo": "off",
        "subjects": "off",
    }


def test_poland_comes_first_and_every_other_country_after_it() -> None:
    choices = country_choices()
    assert choices[0] == ("PL", "Poland")
    names = [name for _code, name in choices[1:]]
    assert names == sorted(names, key=sort_key)
    assert len({code for code, _name in choices}) == len(choices) == 250  # ISO 3166-1 and Kosovo
    assert {len(code) for code, _name in choices} == {2}


def test_a_country_has_a_name() -> None:
    assert [country_name(code) for code in ("PL", "DE", "QQ", "")] == ["Poland", "Germany", "QQ", ""]

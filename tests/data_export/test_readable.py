import datetime

import pytest
from django.utils import translation

from egzaminator.data_export.labels import SECTIONS
from egzaminator.data_export.readable import sections

AT = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)


def words(**data: list[dict[str, object]]) -> list[list[list[tuple[str, str]]]]:
    with translation.override("pl"):
        return [section.records for section in sections(dict.fromkeys(SECTIONS, ()) | data)]


@pytest.mark.parametrize(
    ("field", "old", "new", "told"),
    [
        ("phone", "+48618540160", "+48600100200", ("61 854 01 60", "600 100 200")),
        ("voivodeship", "30", "32", ("wielkopolskie", "zachodniopomorskie")),
        ("country", "PL", "DE", ("Polska", "Niemcy")),
        ("has_correspondence_address", "", "yes", ("nie", "tak")),
        ("a_field_of_long_ago", "1", "2", ("1", "2")),
    ],
)
def test_changes_are_told_as_the_form_names_them(field: str, old: str, new: str, told: tuple[str, str]) -> None:
    (((_what, before, after, when),),) = words(changed_details=[{"field": field, "old": old, "new": new, "at": AT}])
    assert (before, after) == (("Przed zmianą", told[0]), ("Po zmianie", told[1]))
    assert when == ("Kiedy", "2026-11-22 10:54")


def test_codes_and_addresses_are_told_in_words() -> None:
    factors, clients = words(
        second_factors=[{"kind": "totp"}, {"kind": "passkey", "name": "telefon"}], sessions=[{"ip": "192.0.2.7"}]
    )
    assert factors == [[("Rodzaj", "aplikacja z kodami")], [("Rodzaj", "klucz dostępu"), ("Nazwa", "telefon")]]
    assert clients == [[("Adres w sieci (IP)", "192.0.2.7")]]

"""Details of an examiner as typed and as kept, and what the form says of them."""

from egzaminator.accounts.forms import DetailsForm

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


def messages(form: DetailsForm) -> dict[str, list[str]]:
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}

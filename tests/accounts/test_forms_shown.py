"""What the form of the details shows."""

import pytest

from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Profile
from egzaminator.core.forms import ConditionalBoundField
from tests.accounts.details import FILLED_IN, KEPT

pytestmark = pytest.mark.usefixtures("in_english")


def test_kept_details_are_shown_as_people_write_them() -> None:
    initial = DetailsForm.initial_from(Profile(**KEPT))
    assert initial == KEPT | {"phone": "61 854 01 60"}
    assert DetailsForm(initial).is_valid()
    assert DetailsForm(initial).fields.keys() == KEPT.keys()


def test_what_was_typed_stays_in_a_form_with_mistakes() -> None:
    form = DetailsForm(FILLED_IN | {"surname": " No\0wak", "phone": "061 854"})
    assert not form.is_valid()
    assert (form["surname"].value(), form["phone"].value()) == (" No\0wak", "061 854")


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

"""The form of an examiner's details."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.countries import POLAND, country_choices
from egzaminator.accounts.enums import Employment, Voivodeship
from egzaminator.accounts.models import Details
from egzaminator.core.fields import (
    BuildingField,
    LineField,
    NameField,
    PhoneField,
    PlaceField,
    PostalCodeField,
    RspoField,
    format_phone,
)
from egzaminator.core.forms import TICKED, Condition, ConditionalForm, Fieldset
from egzaminator.core.text import NO_NAME

__all__ = ["DetailsForm", "Fieldset"]

# The maximum length of each field of `Details`; None for the field that is not text.
_LONGEST: Final = {field.name: field.max_length for field in Details._meta.fields}  # noqa: SLF001 -- public, by Django
_DIFFERS: Final = Condition("has_correspondence_address", frozenset((TICKED,)))
_IN_POLAND: Final = Condition("country", frozenset((POLAND,)))
_EMPLOYED: Final = Condition("employment", frozenset(kind.value for kind in Employment if kind.has_workplace))
_EMPTY_CHOICE: Final = ("", _("Choose from the list"))
_PERSONAL: Final = ("first_name", "middle_names", "surname", "birthplace")
_ADDRESS: Final = ("country", "street", "house_number", "flat_number", "postal_code", "locality")
_BESIDE: Final = ("flat_number", "locality")
_CORRESPONDENCE: Final = tuple(f"correspondence_{name}" for name in _ADDRESS)
_WORKPLACE: Final = ("workplace_name", "workplace_address", "workplace_rspo")

# Some people have only one name in their documents (docs/register-file.md).
_FIRST_NAME_MISSING: Final = _("Enter your first name; if your documents hold none, write “-”")
_SURNAME_MISSING: Final = _("Enter your surname; if your documents hold none, write “-”")


def _text(purpose: str = "off") -> forms.TextInput:
    """Return a text box whose `autocomplete` states the purpose of the field (WCAG 2.2, 1.3.5)."""
    return forms.TextInput(attrs={"autocomplete": purpose, "inputmode": "text"})


def _select(purpose: str = "off") -> forms.Select:
    return forms.Select(attrs={"autocomplete": purpose})


class DetailsForm(ConditionalForm):
    """Personal, contact and employment details: the form of `accounts.models.Details`."""

    conditions = {
        "voivodeship": _IN_POLAND,
        **dict.fromkeys(_CORRESPONDENCE, _DIFFERS),
        **dict.fromkeys(_WORKPLACE, _EMPLOYED),
    }
    beside = ("middle_names", *_BESIDE, *(f"correspondence_{name}" for name in _BESIDE))

    first_name = NameField(
        label=_("First name"),
        max_length=_LONGEST["first_name"],
        widget=_text("given-name"),
        may_be_missing=True,
        error_messages={"required": _FIRST_NAME_MISSING},
    )
    middle_names = NameField(
        label=_("Second name (and further)"),
        max_length=_LONGEST["middle_names"],
        widget=_text("additional-name"),
        required=False,
    )
    surname = NameField(
        label=_("Surname"),
        max_length=_LONGEST["surname"],
        widget=_text("family-name"),
        may_be_missing=True,
        error_messages={"required": _SURNAME_MISSING},
    )
    birthplace = PlaceField(
        label=_("Place of birth"),
        max_length=_LONGEST["birthplace"],
        widget=_text(),
        error_messages={"required": _("Enter your place of birth")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        initial=POLAND,
        widget=_select("section-home country"),
        error_messages={
            "required": _("Choose the country from the list"),
            "invalid_choice": _("Choose the country from the list"),
        },
    )
    street = LineField(
        label=_("Street"),
        help_text=_("Leave empty if the town or village has no streets"),
        max_length=_LONGEST["street"],
        widget=_text("section-home address-line1"),
        required=False,
    )
    house_number = BuildingField(
        label=_("House number"),
        widget=_text("section-home address-line2"),
        error_messages={"required": _("Enter the house number")},
    )
    flat_number = BuildingField(
        label=_("Flat number"),
        widget=_text("section-home address-line3"),
        required=False,
    )
    postal_code = PostalCodeField(label=_("Postal code"), widget=_text("section-home postal-code"))
    locality = PlaceField(
        label=_("Town or village"),
        max_length=_LONGEST["locality"],
        widget=_text("section-home address-level2"),
        error_messages={"required": _("Enter the town or village")},
    )
    voivodeship = forms.ChoiceField(
        label=_("Voivodeship"),
        help_text=_("Only for an address in Poland"),
        choices=[_EMPTY_CHOICE, *Voivodeship.choices],
        widget=_select("section-home address-level1"),
        error_messages={
            "required": _("Choose the voivodeship from the list"),
            "invalid_choice": _("Choose the voivodeship from the list"),
        },
    )
    phone = PhoneField(
        label=_("Phone"),
        help_text=_("For example 61 854 01 60; a foreign number begins with + and the code of the country"),
        error_messages={"required": _("Enter your phone number")},
    )
    has_correspondence_address = forms.BooleanField(
        label=_("The correspondence address is different from the home address"),
        required=False,
    )
    correspondence_country = forms.ChoiceField(
        label=_("Country (correspondence)"),
        choices=country_choices,
        initial=POLAND,
        widget=_select("section-correspondence country"),
        error_messages={
            "required": _("Choose the country of the correspondence address from the list"),
            "invalid_choice": _("Choose the country of the correspondence address from the list"),
        },
    )
    correspondence_street = LineField(
        label=_("Street (correspondence)"),
        max_length=_LONGEST["correspondence_street"],
        widget=_text("section-correspondence address-line1"),
        required=False,
    )
    correspondence_house_number = BuildingField(
        label=_("House number (correspondence)"),
        widget=_text("section-correspondence address-line2"),
        error_messages={"required": _("Enter the house number of the correspondence address")},
    )
    correspondence_flat_number = BuildingField(
        label=_("Flat number (correspondence)"),
        widget=_text("section-correspondence address-line3"),
        required=False,
    )
    correspondence_postal_code = PostalCodeField(
        label=_("Postal code (correspondence)"),
        widget=_text("section-correspondence postal-code"),
        error_messages={
            "required": _("Enter the postal code of the correspondence address"),
            "invalid": _("Enter the postal code of the correspondence address as five digits, for example 61-655"),
            "digits": _("Enter the postal code of the correspondence address as five digits, for example 61-655"),
        },
    )
    correspondence_locality = PlaceField(
        label=_("Town or village (correspondence)"),
        max_length=_LONGEST["correspondence_locality"],
        widget=_text("section-correspondence address-level2"),
        error_messages={"required": _("Enter the town or village of the correspondence address")},
    )
    employment = forms.ChoiceField(
        label=_("Employment"),
        choices=[_EMPTY_CHOICE, *Employment.choices],
        widget=_select(),
        error_messages={
            "required": _("Choose your employment from the list"),
            "invalid_choice": _("Choose your employment from the list"),
        },
    )
    workplace_name = LineField(
        label=_("Name of the school or other workplace"),
        max_length=_LONGEST["workplace_name"],
        widget=_text("section-work organization"),
        error_messages={"required": _("Enter the name of the school or other workplace")},
    )
    workplace_address = LineField(
        label=_("Address of the workplace"),
        max_length=_LONGEST["workplace_address"],
        widget=_text("section-work address-line1"),
        error_messages={"required": _("Enter the address of the workplace")},
    )
    workplace_rspo = RspoField(label=_("RSPO number (if you know it)"))
    subjects = LineField(label=_("Subjects you teach"), max_length=_LONGEST["subjects"], widget=_text(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for prefix in ("", "correspondence_"):
            if self[f"{prefix}country"].value() not in (None, "", POLAND):
                self._free_postal_code(f"{prefix}postal_code")

    def clean(self) -> dict[str, Any]:
        """Require a first name or a surname: at most one of them may be missing."""
        cleaned = super().clean()
        if cleaned.get("first_name") == cleaned.get("surname") == NO_NAME:
            self.add_error("surname", _SURNAME_MISSING)
        return cleaned

    @classmethod
    def initial_from(cls, details: Details) -> dict[str, Any]:
        """Return stored details in the form's own representation, for its `initial`."""
        stored = {name: getattr(details, name) for name in _LONGEST}
        phones = [name for name, field in cls.base_fields.items() if isinstance(field, PhoneField)]
        return stored | {name: format_phone(stored[name]) for name in phones}

    def cleaned_details(self) -> dict[str, Any]:
        """Return a value for each field of `Details`, from a valid form. A field that does not apply is ""."""
        return {name: self.cleaned_data[name] for name in _LONGEST}

    @property
    def fieldsets(self) -> list[Fieldset]:
        """The fieldsets, in the order of the page."""
        return [
            Fieldset.of(self, name="personal", legend=_("Personal details"), fields=_PERSONAL),
            Fieldset.of(
                self,
                name="home",
                legend=_("Home address"),
                fields=[*_ADDRESS, "voivodeship", "phone", "has_correspondence_address"],
            ),
            Fieldset.of(
                self,
                name="correspondence",
                legend=_("Correspondence address"),
                hint=_("Only if it is different from the home address"),
                fields=_CORRESPONDENCE,
                condition=_DIFFERS,
            ),
            Fieldset.of(
                self, name="employment", legend=_("Employment details"), fields=["employment", *_WORKPLACE, "subjects"]
            ),
        ]

    def _free_postal_code(self, name: str) -> None:
        """Accept any postal code, or none.

        Formats differ between countries, and some countries have no postal codes.
        """
        polish = self.fields[name]
        self.fields[name] = LineField(
            label=polish.label, max_length=_LONGEST[name], widget=polish.widget, required=False
        )

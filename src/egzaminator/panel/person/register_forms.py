"""The forms of the actions on a person's record in the register."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import (
    BuildingField,
    EmailAddressField,
    LineField,
    LoginNameField,
    NameField,
    PlaceField,
    PostalCodeField,
)
from egzaminator.core.fields.day import PastDayField
from egzaminator.core.pesel import Pesel, PeselProblem
from egzaminator.core.postal_address import LOCALITY_LENGTH, STREET_LENGTH, PostalAddress
from egzaminator.core.text import NO_NAME
from egzaminator.panel.forms import AloneForm
from egzaminator.panel.record_form import RecordForm
from egzaminator.register.domain.cells import Identifier, parse_identifier
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.errors import BadCellError
from egzaminator.register.models import BOARD_LENGTH, IDENTIFIER_LENGTH, NAME_KEY_LENGTH, NAME_LENGTH

_TYPED: Final = {"autocomplete": "off", "spellcheck": "false"}
_MISSING: Final = {
    "house_number": _("Enter the house number, or leave the whole address empty"),
    "postal_code": _("Enter the postal code, or leave the whole address empty"),
    "locality": _("Enter the town or village, or leave the whole address empty"),
}


class PeselField(LoginNameField):
    """A PESEL as staff type it, returned as a `Pesel`."""

    widget = forms.TextInput(attrs=_TYPED | {"inputmode": "text"})

    def to_python(self, value: object) -> Any:
        """Return the PESEL from any submitted value. Raise `ValidationError` if it is not one."""
        text = super().to_python(value)
        if text and not text.isdecimal():
            raise self.error(PeselProblem.NOT_DIGITS.value)
        return Pesel(text) if text else None


class NamesForm(RecordForm):
    """Asks for the surname and first names, and why they are corrected."""

    surname = NameField(
        label=_("Surname"),
        max_length=NAME_LENGTH,
        may_be_missing=True,
        widget=forms.TextInput(attrs=_TYPED),
        error_messages={"required": _("Enter the surname; “-” stands for none")},
    )
    first_names = NameField(
        label=_("First names"),
        max_length=NAME_LENGTH,
        may_be_missing=True,
        widget=forms.TextInput(attrs=_TYPED),
        error_messages={"required": _("Enter the first names; “-” stands for none")},
    )
    field_order = ("surname", "first_names", "reason")

    def clean(self) -> dict[str, Any]:
        """Require one name at least, and keys that have room in the register."""
        cleaned = super().clean()
        surname, first_names = cleaned.get("surname"), cleaned.get("first_names")
        if surname and first_names:
            if surname == first_names == NO_NAME:
                self.add_error("surname", _("Enter the surname or the first names"))
            elif max(map(len, name_keys(surname=surname, first_names=first_names))) > NAME_KEY_LENGTH:
                self.add_error("surname", _("Shorten the surname or the first names"))
        return cleaned


class PeselForm(RecordForm):
    """Asks for the right PESEL, and why it is corrected."""

    pesel = PeselField(label=_("Right PESEL"), help_text=_("Compare it with the person's document."))
    field_order = ("pesel", "reason")


class IdentifierForm(RecordForm):
    """Asks for the right identifier, and why it is corrected. Whoever has a PESEL may have none."""

    identifier = LineField(
        label=_("Identifier"),
        max_length=IDENTIFIER_LENGTH,
        widget=forms.TextInput(attrs=_TYPED),
        help_text=_("The board gives it to a person without a PESEL. It has at least one letter."),
        error_messages={"required": _("Enter the identifier: this person has no PESEL")},
    )
    field_order = ("identifier", "reason")

    def __init__(self, *args: Any, is_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identifier"].required = is_required

    def clean_identifier(self) -> Identifier | None:
        """Return the identifier, as typed and as compared, or None."""
        try:
            return parse_identifier(self.cleaned_data["identifier"])
        except BadCellError as error:
            raise ValidationError(str(error.problem.reason) % {"limit": error.detail}) from None


class RegisterEmailForm(RecordForm):
    """Asks for the e-mail address that the register knows, and why it is corrected."""

    email = EmailAddressField(
        label=_("E-mail address in the register"),
        required=False,
        widget=forms.EmailInput(attrs=_TYPED),
        help_text=_(
            "The address of the account stays: its owner changes it in “My account”. Empty: the register knows none."
        ),
    )
    field_order = ("email", "reason")


class RegisterAddressForm(RecordForm):
    """Asks for the postal address that the register knows, and why it is corrected. The whole of it, or none."""

    street = LineField(
        label=_("Street"),
        help_text=_("Leave empty if the town or village has no streets"),
        max_length=STREET_LENGTH,
        widget=forms.TextInput(attrs=_TYPED),
        required=False,
    )
    house_number = BuildingField(label=_("House number"), widget=forms.TextInput(attrs=_TYPED), required=False)
    flat_number = BuildingField(label=_("Flat number"), widget=forms.TextInput(attrs=_TYPED), required=False)
    postal_code = PostalCodeField(label=_("Postal code"), widget=forms.TextInput(attrs=_TYPED), required=False)
    locality = PlaceField(
        label=_("Town or village"),
        max_length=LOCALITY_LENGTH,
        widget=forms.TextInput(attrs=_TYPED),
        required=False,
    )
    field_order = (*PostalAddress._fields, "reason")

    def clean(self) -> dict[str, Any]:
        """Require a whole address or none, and put it beside its parts as `postal_address`."""
        cleaned = super().clean()
        parts = {name: cleaned.get(name, "") for name in PostalAddress._fields}
        for name, missing in _MISSING.items():
            if any(parts.values()) and not parts[name] and name not in self.errors:
                self.add_error(name, missing)
        return cleaned | {"postal_address": PostalAddress(**parts) if any(parts.values()) else None}


class TransferForm(RecordForm):
    """Asks which board an examiner went to, when, and how the board here knows."""

    board = LineField(
        label=_("Board"),
        max_length=BOARD_LENGTH,
        widget=forms.TextInput(attrs=_TYPED),
        help_text=_("For example OKE Kraków"),
        error_messages={"required": _("Enter the board that the examiner went to")},
    )
    on = PastDayField(label=_("Date"), error_messages={"required": _("Enter the date")})
    field_order = ("board", "on", "reason")


class DeathForm(RecordForm):
    """Asks for the day of an examiner's death, how the board knows, and whether it is this person."""

    on = PastDayField(label=_("Date of death"), error_messages={"required": _("Enter the date of death")})
    is_sure = forms.BooleanField(
        label=_("I have compared the person above with the document, and it is this person"),
        error_messages={"required": _("Make sure that it is this person, and tick the box")},
    )
    field_order = ("on", "reason", "is_sure")


class AskToJoinForm(RecordForm, AloneForm):
    """Asks which of two accounts stays when their records are joined, and why they are.

    `choices` are the ids of the accounts, each with what it is called.
    """

    stays = forms.ChoiceField(
        label=_("Which account stays"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose which account stays"),
            "invalid_choice": _("Choose which account stays"),
        },
    )
    field_order = ["stays", "reason", "alone"]

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stays"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class OtherForm(forms.Form):
    """Asks for the other record of a person who stands in the register twice."""

    use_required_attribute = False
    unknown = _("Nobody in the register has this PESEL, identifier or registration number. Check it.")
    same = _("This is the record that you are looking at. Enter the other one.")

    asked = LineField(
        label=_("PESEL, identifier or registration number of the other record"),
        max_length=60,
        widget=forms.TextInput(attrs=_TYPED),
        error_messages={"required": _("Enter a PESEL, an identifier or a registration number")},
    )

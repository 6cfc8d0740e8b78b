"""Form fields for personal data. Each returns the value in one normal form, or raises a validation error in words."""

from egzaminator.core.fields.codes import PostalCodeField, RspoField
from egzaminator.core.fields.email_address import EmailAddressField
from egzaminator.core.fields.line import BuildingField, LineField
from egzaminator.core.fields.login import LoginNameField, PasswordField
from egzaminator.core.fields.name import NameField, PlaceField
from egzaminator.core.fields.phone import PhoneField, format_phone, phone_uri, written_office_phone
from egzaminator.core.fields.reason import NoteField, ReasonField, typed_reason

__all__ = [
    "BuildingField",
    "EmailAddressField",
    "LineField",
    "LoginNameField",
    "NameField",
    "NoteField",
    "PasswordField",
    "PhoneField",
    "PlaceField",
    "PostalCodeField",
    "ReasonField",
    "RspoField",
    "format_phone",
    "phone_uri",
    "typed_reason",
    "written_office_phone",
]

"""Form fields for personal data. Each returns the value in one normal form, or raises a validation error in words."""

from egzaminator.kernel.fields.email_address import EmailAddressField
from egzaminator.kernel.fields.line import LineField
from egzaminator.kernel.fields.login_name import LoginNameField
from egzaminator.kernel.fields.name import NameField, PlaceField
from egzaminator.kernel.fields.office_phone import phone_uri, written_office_phone
from egzaminator.kernel.fields.password import PasswordField
from egzaminator.kernel.fields.phone import PhoneField, format_phone
from egzaminator.kernel.fields.postal_code import PostalCodeField
from egzaminator.kernel.fields.reason import ReasonField, typed_reason
from egzaminator.kernel.fields.rspo import RspoField

__all__ = [
    "EmailAddressField",
    "LineField",
    "LoginNameField",
    "NameField",
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

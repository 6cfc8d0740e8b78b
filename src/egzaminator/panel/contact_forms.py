"""The form of the board's contact data."""

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.cms.models import BoardSettings
from egzaminator.core.fields import EmailAddressField, LineField, written_office_phone


class _OfficePhoneField(LineField):
    """A form field for an office's telephone number, stored in the form in which it is shown."""

    def clean(self, value: object) -> str:
        """Return the number, with its extension if any, in the form in which it is shown.

        Raise `ValidationError` if it is no telephone number.
        """
        text: str = super().clean(value)
        return written_office_phone(text) if text else text


def _phone(name: str, *, required: bool, label: str | Promise) -> _OfficePhoneField:
    column = BoardSettings._meta.get_field(name)  # noqa: SLF001 -- Django documents it; the column alone knows its length
    return _OfficePhoneField(
        label=label,
        required=required,
        max_length=column.max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        error_messages={"required": _("Enter the telephone number")},
    )


_AS_MAIL: Final = {"autocomplete": "off", "inputmode": "email"}


class ContactForm(forms.Form):
    """The board's contact data, and the e-mail for security notices."""

    use_required_attribute = False

    phone = _phone("phone", required=True, label=_("Phone"))
    fax = _phone("fax", required=False, label=_("Phone and fax"))
    email = EmailAddressField(label=_("E-mail"), widget=forms.EmailInput(attrs=_AS_MAIL))
    security_email = EmailAddressField(
        label=_("E-mail for security notices"),
        required=False,
        help_text=_("What the board must know for its examiners' safety. Left empty: it goes to the board's e-mail."),
        widget=forms.EmailInput(attrs=_AS_MAIL),
    )
    data_protection_email = EmailAddressField(
        label=_("E-mail of the data protection officer"), required=False, widget=forms.EmailInput(attrs=_AS_MAIL)
    )

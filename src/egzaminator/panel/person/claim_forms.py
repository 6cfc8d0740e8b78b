"""Forms of the staff's actions on a saved form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import EmailAddressField
from egzaminator.panel.forms import ReasonForm


class ClaimEmailForm(ReasonForm):
    """Asks for the right e-mail address of a saved form, and for the reason."""

    prefix = "claim"

    email = EmailAddressField(
        label=_("Right e-mail address"),
        help_text=_("Let them spell it, and read it back."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    # The address that the page showed, so that nobody overwrites a correction that they have not seen.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["email", "reason", "seen"]


class StopClaimForm(ReasonForm):
    """Asks for the reason of stopping a saved form."""

    prefix = "stop"

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.mailings.enums import Salutation


class PreferenceForm(forms.Form):
    """Asks an examiner how to address them, and whether to send them informational e-mails."""

    use_required_attribute = False

    salutation = forms.ChoiceField(
        label=_("How messages address you"), choices=Salutation, required=False, widget=forms.RadioSelect
    )
    informational = forms.BooleanField(
        label=_("Send me informational messages by e-mail"),
        help_text=_("Official messages are always sent. You find all of them here, whatever you choose."),
        required=False,
    )

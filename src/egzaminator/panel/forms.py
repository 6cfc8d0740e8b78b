from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.mailboxes import is_among
from egzaminator.kernel.fields import LineField, ReasonField


class CaseForm(forms.Form):
    """Asks for a case code, as it was read out over the telephone."""

    use_required_attribute = False
    unknown_case = _("There is no such case code. Ask for it again, letter by letter.")

    case_code = forms.CharField(
        label=_("Case code"),
        help_text=_("Eight letters and digits, for example K7F3-QM9T"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the case code"),
            "max_length": _("A case code has eight letters and digits"),
        },
    )

    def clean_case_code(self) -> str:
        """Give the code in its normal form, however it was typed."""
        letters = "".join(char for char in self.cleaned_data["case_code"].upper() if char.isalnum())
        return f"{letters[:4]}-{letters[4:]}"


class ExaminerForm(forms.Form):
    """Asks which examiner staff want to help."""

    use_required_attribute = False
    unknown = _("Nobody in the register has this PESEL, identifier or registration number. Check it.")

    asked = LineField(
        label=_("PESEL, identifier or registration number"),
        help_text=_("Not the name: several people may have one."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter a PESEL, an identifier or a registration number")},
    )


class Place(forms.Form):
    """Where in the list of blocked accounts to go on."""

    after = forms.UUIDField(required=False)


class ReasonForm(forms.Form):
    """Asks why staff do something to somebody's account."""

    use_required_attribute = False

    reason = ReasonField(
        help_text=_("For the record, without personal data: for example how you made sure whom you speak with.")
    )


class FreezeForm(ReasonForm):
    """Asks why an account is frozen."""

    prefix = "freeze"


class ResetFactorForm(ReasonForm):
    """Asks why an account's second factor is taken away."""

    prefix = "factor"


class UnfreezeForm(ReasonForm):
    """Asks why an account is given back, and which mailbox its owner reads."""

    email = forms.ChoiceField(
        label=_("Mailbox that the owner reads"),
        help_text=_(
            "The link to set a new password by goes there. A mailbox known for less than 30 days takes a second person."
        ),
        error_messages={"invalid_choice": _("Choose one of the account's mailboxes")},
    )
    field_order = ["email", "reason"]

    def __init__(self, *args: Any, addresses: list[str], known: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].choices = [(address, self._label(address, known)) for address in addresses]  # type: ignore[attr-defined]  # a ChoiceField

    def _label(self, address: str, known: list[str]) -> str:
        if is_among(address, known):
            return address
        return gettext("%(address)s (less than 30 days)") % {"address": address}

"""Forms of the panel: looking up a case or an examiner, and the actions on an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.mailboxes import is_among
from egzaminator.core.fields import EmailAddressField, LineField, NoteField, ReasonField


class CaseForm(forms.Form):
    """Asks for a case code that was read out on the telephone."""

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
        """Return the code in its normal form, however it was typed."""
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


class ReasonForm(forms.Form):
    """Asks staff for the reason of an action on an account."""

    use_required_attribute = False

    reason = ReasonField()


class PeselReasonForm(forms.Form):
    """Asks staff why they have to see a whole PESEL."""

    use_required_attribute = False

    reason = ReasonField(help_text=_("For example what you compare it with. Without a PESEL. This person may read it."))


class NoteForm(forms.Form):
    """Asks staff for a note about a person."""

    use_required_attribute = False

    note = NoteField()


class AloneForm(ReasonForm):
    """Asks for the reason of an act that may take a second person, and whether somebody is on duty alone.

    `may_be_alone` tells whether the board's setting lets this staff member act alone; the question stands only then.
    """

    alone = forms.BooleanField(
        label=_("I am on duty alone: do it without a second person"),
        required=False,
        help_text=_("Done after 48 hours, unless a mailbox of the owner objects. Then a second person has to confirm."),
    )

    def __init__(self, *args: Any, may_be_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_alone:
            del self.fields["alone"]


class FreezeForm(ReasonForm):
    """Asks for the reason of freezing an account."""

    prefix = "freeze"


class ResetSecondFactorForm(AloneForm):
    """Asks for the reason of removing an account's second factor."""

    prefix = "second-factor"


class CorrectEmailForm(AloneForm):
    """Asks for the e-mail address that an account's owner reads, and for the reason of correcting it."""

    prefix = "correct-email"
    is_the_present = _("This is the present address of the account. Check what you heard")

    email = EmailAddressField(
        label=_("New e-mail address"),
        help_text=_("Read it back to the caller, letter by letter."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    field_order = ["email", "reason", "alone"]


class UnfreezeForm(AloneForm):
    """Asks for the reason of unfreezing an account, and which mailbox its owner reads."""

    email = forms.ChoiceField(
        label=_("Mailbox that the owner reads"),
        help_text=_(
            "The link to set a new password by goes there. A mailbox known for less than 30 days takes a second person."
        ),
        error_messages={"invalid_choice": _("Choose one of the account's mailboxes")},
    )
    field_order = ["email", "reason", "alone"]

    def __init__(self, *args: Any, emails: list[str], known: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].choices = [(email, self._label(email, known)) for email in emails]  # type: ignore[attr-defined]  # a ChoiceField

    def _label(self, email: str, known: list[str]) -> str:
        if is_among(email, known):
            return email
        return gettext("%(address)s (less than 30 days)") % {"address": email}

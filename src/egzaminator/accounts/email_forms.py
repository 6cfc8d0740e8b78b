"""Forms for e-mail addresses: entering, changing and confirming one, with a question about doubtful addresses."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.email_checks import suspect_email
from egzaminator.core.fields import EmailAddressField, LoginNameField, PasswordField


def put_value(form: forms.BaseForm, name: str, value: str) -> None:
    """Replace the submitted value of a form's field, so that the form renders with `value`."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix(name)] = value
    form.data = data


class DoubtedEmailForm(forms.Form):
    """An e-mail address that only its owner should read. A doubtful address draws a question, never a refusal.

    The question can be answered in two ways: by another address, or by a ticked box. The box carries the address that
    the question was about.
    """

    use_required_attribute = False

    email = EmailAddressField(
        label=_("E-mail address"),
        help_text=_("An address that only you read: the board writes there, and it is the way back to your account."),
        error_messages={"required": _("Enter your e-mail address")},
    )
    confirmed_email = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page shows the box only beside the question.
        self.is_email_doubted = False

    @property
    def email_fields(self) -> list[str]:
        """The names of the address fields to show. The box is among them only if a question was asked."""
        return ["email", "confirmed_email"] if self.is_email_doubted else ["email"]

    def clean_email(self) -> str:
        """Return the address.

        Raise `ValidationError` if it looks mistyped or shared, unless the box says that it is right.
        """
        email: str = self.cleaned_data["email"]
        doubt = suspect_email(email)
        if doubt is None:
            return email
        self.is_email_doubted = True
        is_answered = self.data.get(self.add_prefix("confirmed_email")) == email
        box = self.fields["confirmed_email"]
        box.label = _("Yes, only I read %(email)s") if doubt.is_shared else _("Yes, %(email)s is right")
        box.label %= {"email": email}
        # The box submits the address in question, so the answer is bound to its question.
        box.widget.attrs["value"] = email
        box.widget.check_test = lambda _value: is_answered
        if is_answered:
            return email
        if doubt.is_shared:
            raise forms.ValidationError(
                _(
                    "Do others read this mailbox too? Enter your own address or, if only you read it, tick the box "
                    "below it"
                )
            )
        raise forms.ValidationError(
            _("Did you mean %(suggestion)s? Correct the address or, if it is right, tick the box below it"),
            params={"suggestion": doubt.suggestion},
        )


class ChangeEmailForm(DoubtedEmailForm):
    """A new e-mail address for an account, and the account's password."""

    password = PasswordField(
        label=_("Current password"),
        error_messages={"required": _("Enter your current password")},
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present
        self.fields["email"].label = _("New e-mail address")

    def clean_email(self) -> str:
        """Ask about a doubtful address, and refuse the address that the account already has."""
        email = super().clean_email()
        if email.casefold() == self.present.casefold():
            raise forms.ValidationError(_("This is your present address. Enter another one, or leave it as it is"))
        return email


class ConfirmEmailForm(forms.Form):
    """The button that confirms a new address, with the password if this browser is not logged in to the account."""

    use_required_attribute = False

    password = PasswordField(
        label=_("Current password"),
        help_text=_("You are not logged in in this browser, so we ask for it."),
        error_messages={"required": _("Enter your current password")},
    )

    def __init__(self, data: Any = None, *, needs_password: bool) -> None:
        super().__init__(data)
        if not needs_password:
            del self.fields["password"]


class ConfirmCorrectionForm(forms.Form):
    """The button that confirms an address which the board has corrected, with what a stranger does not know."""

    use_required_attribute = False

    name = LoginNameField(
        label=_("PESEL or identifier"),
        help_text=_("So that nobody else confirms it whose mailbox this may be."),
        error_messages={"required": _("Enter your PESEL or identifier")},
    )

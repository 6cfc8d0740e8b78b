from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.doubt_address import doubt_address
from egzaminator.kernel.fields import EmailAddressField, PasswordField


def put_value(form: forms.BaseForm, name: str, value: str) -> None:
    """Have a form rendered with another value of a field than was sent."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix(name)] = value
    form.data = data


class DoubtedAddressForm(forms.Form):
    """An e-mail address that only its owner should read. A doubtful one draws a question, never a refusal.

    The question waits for an answer: another address, or a ticked box that names the address asked about.
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
        """The names of the fields to show for the address: the question's box only where one was asked."""
        return ["email", "confirmed_email"] if self.is_email_doubted else ["email"]

    def clean_email(self) -> str:
        """Ask about an address that looks mistyped or shared, until the box says that it is right."""
        email: str = self.cleaned_data["email"]
        doubt = doubt_address(email)
        if doubt is None:
            return email
        self.is_email_doubted = True
        is_answered = self.data.get(self.add_prefix("confirmed_email")) == email
        box = self.fields["confirmed_email"]
        box.label = _("Yes, only I read %(email)s") if doubt.is_shared else _("Yes, %(email)s is right")
        box.label %= {"email": email}
        # What the box sends says which question it answers.
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


class ChangeAddressForm(DoubtedAddressForm):
    """Another address for an account, and the account's password."""

    password = PasswordField(
        label=_("Current password"),
        error_messages={"required": _("Enter your current password")},
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present
        self.fields["email"].label = _("New e-mail address")

    def clean_email(self) -> str:
        """Ask about a doubtful address; refuse the one that the account has already."""
        email = super().clean_email()
        if email.casefold() == self.present.casefold():
            raise forms.ValidationError(_("This is your present address. Enter another one, or leave it as it is"))
        return email


class ConfirmAddressForm(forms.Form):
    """The one button of a new address; the password too, where the account is not logged in."""

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

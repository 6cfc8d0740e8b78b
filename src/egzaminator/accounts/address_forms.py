from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.doubt_address import doubt_address
from egzaminator.kernel.fields import EmailAddressField


def put_value(form: forms.BaseForm, name: str, value: str) -> None:
    """Have a form rendered with another value of a field than was sent."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix(name)] = value
    form.data = data


class DoubtedAddressForm(forms.Form):
    """An e-mail address that only its owner should read. A doubtful one draws a question, never a refusal."""

    use_required_attribute = False

    email = EmailAddressField(
        label=_("E-mail address"),
        help_text=_("An address that only you read: the board writes there, and it is the way back to your account."),
        error_messages={"required": _("Enter your e-mail address")},
    )
    # Holds the address that was asked about: the answer is to that question, not to the next one.
    confirmed_email = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        """Ask once about an address that looks mistyped or shared; saving it again unchanged is the answer."""
        email: str = self.cleaned_data["email"]
        doubt = doubt_address(email)
        if doubt is None or self.data.get(self.add_prefix("confirmed_email")) == email:
            return email
        put_value(self, "confirmed_email", email)
        if doubt.is_shared:
            raise forms.ValidationError(
                _("Do others read this mailbox too? Enter your own address or, if only you read it, save once more")
            )
        raise forms.ValidationError(
            _("Did you mean %(suggestion)s? Correct the address or, if it is right, save once more"),
            params={"suggestion": doubt.suggestion},
        )

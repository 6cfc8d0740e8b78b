"""The forms that ask for a login name: the log-in, and the request for a new password."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import LoginNameField, PasswordField


class LoginForm(forms.Form):
    """The form of the log-in box and of the log-in page."""

    use_required_attribute = False

    name = LoginNameField()
    secret = PasswordField(
        label=_("Password"),
        help_text=_("First login? Enter your registration number here."),
        error_messages={"required": _("Enter your password or, at first login, your registration number")},
    )

    def __init__(self, data: QueryDict | None = None, *, is_staff: bool = False, is_first: bool = False) -> None:
        super().__init__(data)
        if is_first:
            number = self.fields["secret"]
            number.label = _("Registration number")
            number.help_text = _(
                "As in the board's decision; capitals and spaces do not matter. You have several? Enter any of them."
            )
            number.widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
            number.error_messages["required"] = _("Enter your registration number")
        if is_staff:
            name = self.fields["name"]
            name.label = _("Work e-mail address")
            name.widget = forms.EmailInput(attrs=name.widget.attrs | {"inputmode": "email"})
            name.error_messages["required"] = _("Enter your work e-mail address")
            self.fields["secret"].help_text = ""
            self.fields["secret"].error_messages["required"] = _("Enter your password")


class ForgottenPasswordForm(forms.Form):
    """Asks for the login name of whoever forgot the password."""

    use_required_attribute = False

    name = LoginNameField()

from django import forms
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.passwords import MAX_LENGTH
from egzaminator.kernel.fields import LoginNameField


class LoginForm(forms.Form):
    """The log-in box and the log-in page."""

    use_required_attribute = False

    name = LoginNameField()
    secret = forms.CharField(
        label=_("Password"),
        help_text=_("First login? Enter your registration number here."),
        validators=[MaxLengthValidator(MAX_LENGTH)],  # max_length would have browsers cut what is pasted
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": _("Enter your password or, at first login, your registration number"),
            "max_length": _("The password has at most %(limit_value)d characters"),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, is_staff: bool = False) -> None:
        super().__init__(data)
        if is_staff:
            self.fields["name"].label = _("Work e-mail address")
            self.fields["name"].widget.attrs.update({"type": "email", "inputmode": "email"})
            self.fields["secret"].help_text = ""


class ForgottenPasswordForm(forms.Form):
    """Asks whose password is forgotten."""

    use_required_attribute = False

    name = LoginNameField()

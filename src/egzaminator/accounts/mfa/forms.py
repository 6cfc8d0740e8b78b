"""Forms for second factors, passkeys and re-authentication."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import LineField, PasswordField
from egzaminator.core.fields.line import CompatibleLineField
from egzaminator.core.fields.width import Width

_LONGEST_CODE = 20


class CodeField(CompatibleLineField):
    """A one-time code of digits, from an authenticator app or from paper."""

    width = Width.SHORT

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"},
        )
        super().__init__(max_length=_LONGEST_CODE, widget=widget, **kwargs)


class CodeForm(forms.Form):
    """A code from the authenticator app, or a recovery code."""

    use_required_attribute = False
    wrong = _("This code is wrong or was used before. Enter the code that the app shows now, or another recovery code")
    too_many = _("Too many attempts. Wait five minutes and try again")

    code = CodeField(
        label=_("Code from the app or recovery code"),
        help_text=_("The authenticator app on your phone shows six digits, new ones every half a minute."),
        error_messages={"required": _("Enter the code")},
    )


class TotpForm(forms.Form):
    """The first code of a new authenticator app, with the encrypted secret that the app was given."""

    use_required_attribute = False
    wrong = _(
        "This code does not fit. Enter the code that the app shows now. If it still does not fit, set the clock of "
        "your phone to automatic"
    )
    outdated = _("The key was shown too long ago. Read the new one with the app, and enter the code that it shows")

    code = CodeField(
        label=_("Code from the app"),
        help_text=_("Six digits; the app shows new ones every half a minute."),
        error_messages={"required": _("Enter the code that the app shows")},
    )
    encrypted = forms.CharField(required=False, widget=forms.HiddenInput)


class PasskeyForm(forms.Form):
    """A browser's answer to a WebAuthn challenge. A script fills it in."""

    wrong = _("This passkey does not fit your account, or the attempt took too long. Try again")

    # The browser generates the answer, and nobody types it. No browser's answer is longer than this.
    credential = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    """A new passkey, and the name that its owner gives it."""

    use_required_attribute = False
    wrong = _("The passkey was not made. Try again")
    too_many = _("You have ten passkeys. Remove one that you no longer use")

    name = LineField(
        label=_("Name of the passkey"),
        help_text=_("What you will know it by, for example: my phone, work computer."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Name the passkey, so that you can tell it from others")},
    )


class ConfirmPasswordForm(forms.Form):
    """The password of a user who is logged in."""

    use_required_attribute = False
    wrong = _("This is not the password of your account. Enter it again")
    too_many = CodeForm.too_many

    password = PasswordField(label=_("Password"), error_messages={"required": _("Enter your password")})

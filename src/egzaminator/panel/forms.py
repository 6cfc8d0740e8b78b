from django import forms
from django.utils.translation import gettext_lazy as _


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

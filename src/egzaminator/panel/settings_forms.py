"""The form of the board's setting for one person on duty."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AloneSettingForm(forms.Form):
    """Asks whether one person may act alone in the panel."""

    use_required_attribute = False

    is_allowed = forms.TypedChoiceField(
        label=_("May one person act alone in the panel?"),
        choices=[
            ("no", _("No: a second person always confirms")),
            ("yes", _("Yes: after 48 hours, unless a mailbox of the owner objects")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two"), "invalid_choice": _("Choose one of the two")},
    )

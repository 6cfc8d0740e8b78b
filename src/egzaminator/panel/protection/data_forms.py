"""The form that asks why all data about a person are issued."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import ReasonField

FILE: Final = "file"
_PAGE: Final = "page"


class IssueForm(forms.Form):
    """Asks why the data are issued, and in which form."""

    use_required_attribute = False

    reason = ReasonField(
        help_text=_("For example the date of the request and how you made sure who asks. Without a PESEL.")
    )
    form = forms.ChoiceField(
        label=_("How the person gets them"),
        choices=[(_PAGE, _("page to print")), (FILE, _("file for a computer (JSON)"))],
        widget=forms.RadioSelect,
        initial=_PAGE,
    )

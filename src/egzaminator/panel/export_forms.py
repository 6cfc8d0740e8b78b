"""The form that asks for a file of examiners."""

import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.models import Account
from egzaminator.core.fields import ReasonField
from egzaminator.panel.domain.exports import may_have
from egzaminator.register.enums import ExportContent, ExportFormat

# A file of an import's rows is asked for on the import's page, and letters on their invitation's.
_CONTENTS: Final = (ExportContent.REGISTER_FILE, ExportContent.PEOPLE)


class ExportForm(forms.Form):
    """Asks what the file is to hold, in which format, and why it is made.

    A member is offered what they may have. Without one the form only shows what was typed.
    """

    use_required_attribute = False
    used_up = _("You have made 20 files today, which is as many as one may. Make the next one tomorrow.")

    # Chosen when the form is made: sent twice, it makes one file.
    export_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    content = forms.ChoiceField(label=_("What the file holds"))
    format = forms.ChoiceField(
        label=_("Format"),
        help_text=_("Spreadsheet programs drop zeros at the beginning of numbers when they open a CSV file."),
        choices=[(one.value, one.label) for one in (ExportFormat.XLSX, ExportFormat.CSV)],
    )
    reason = ReasonField(
        help_text=_("For example: list for the director's meeting on 3 March. Without a PESEL. The inspector reads it.")
    )

    def __init__(self, *args: Any, member: Account | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"export_id": uuid.uuid4(), "content": ExportContent.PEOPLE} | kwargs.pop("initial", {})
        super().__init__(*args, **kwargs)
        allowed = [one for one in _CONTENTS if member is None or may_have(member=member, content=one)]
        self.fields["content"].choices = [(one.value, one.label) for one in allowed]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_export_id(self) -> uuid.UUID:
        """Return the id of the export: a new one if none was sent."""
        return self.cleaned_data["export_id"] or uuid.uuid4()

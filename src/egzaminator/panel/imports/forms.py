"""The form that takes a file to be imported."""

import uuid
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.core.fields import ReasonField
from egzaminator.panel.domain.uploads import DAILY
from egzaminator.panel.imports.upload import FIELD, LARGEST_BYTES, UploadFault

_TOO_LARGE: Final = _("The file is larger than 50 MB. Divide it into several files, and send them one after another.")
_FAULTS: Final[dict[UploadFault, Promise]] = {
    UploadFault.TOO_LARGE: _TOO_LARGE,
    UploadFault.SEVERAL: _("You have sent several files. Choose one; the next one has its turn after it."),
    UploadFault.CUT_OFF: _("The file did not arrive whole: the connection broke off. Choose it once more."),
    UploadFault.USED_UP: _(
        "You have sent %(files)d files within a day, which is as many as one may. Send the next one tomorrow."
    ),
}


class ImportForm(forms.Form):
    """Asks for a register file. What went wrong on its way stands at its field.

    `import_id` is chosen when the form is shown, so a form that is sent twice makes one import.
    """

    use_required_attribute = False
    file = forms.FileField(
        label=pgettext_lazy("import", "File"),
        help_text=_("An Excel workbook (.xlsx) or CSV, up to 50 MB."),
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,.csv,.txt", "data-largest": LARGEST_BYTES, "data-too-large": _TOO_LARGE}
        ),
        error_messages={
            "required": _("Choose the file"),
            "empty": _("The file is empty: it holds not a single character. Save it again, or choose another."),
        },
    )
    import_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, fault: UploadFault | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fault:  # then there is no file
            words = _FAULTS[fault] % {"files": DAILY.most}
            self.fields[FIELD].error_messages["required"] = words


class UndoForm(forms.Form):
    """Asks why an import is undone."""

    use_required_attribute = False
    reason = ReasonField(help_text=_("For example what is wrong with the file. Without a PESEL."))

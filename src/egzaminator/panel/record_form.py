"""The form of an action on a record, which knows what it showed when it was made."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.profile_display import changed_value, field_label
from egzaminator.core.form_encryption import decrypt_from_form, encrypt_for_form
from egzaminator.core.pesel import Pesel
from egzaminator.panel.forms import ReasonForm
from egzaminator.records.domain.shown import DECEASED_ON, DECISIONS, ENTRIES, STATE, TRANSFERRED_TO, Shown
from egzaminator.records.errors import ChangedMeanwhileError
from egzaminator.register.enums import RegisterField

_FIELD: Final = "shown"
_STATED: Final = "stated "
_LABELS: Final[Mapping[str, str | Promise]] = {
    **{field.value: field.label for field in RegisterField},
    STATE: gettext_lazy("State"),
    DECISIONS: gettext_lazy("Decisions"),
    ENTRIES: gettext_lazy("Entries"),
    DECEASED_ON: gettext_lazy("Date of death"),
    TRANSFERRED_TO: gettext_lazy("Transferred to another board"),
}


class RecordForm(ReasonForm):
    """Asks for a reason, and carries what was shown of the record, encrypted and bound to the form.

    `name` is the form's, `subject_id` that of what it is about, and `shown` is what the record is now. The use case
    compares what was shown with what it finds under its lock.
    """

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        sent: QueryDict | None = None,
        *,
        name: str = "",
        subject_id: object = None,
        shown: Shown | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(sent, **kwargs)
        self.subject_id = subject_id
        self._context = f"panel.shown:{name}:{subject_id}"
        self._now = shown or {}
        self.initial[_FIELD] = self._encrypted(self._now)

    def clean(self) -> dict[str, Any]:
        """Decrypt what was shown. If this form did not show it, show what there is now, to be sent once more."""
        cleaned = super().clean() or self.cleaned_data
        text = decrypt_from_form(cleaned.get(_FIELD, ""), context=self._context)
        if text is None:
            self._show_again(self._now)
            raise ValidationError(_("This page was opened before you last logged in. Check it and send it once more."))
        cleaned[_FIELD] = json.loads(text)
        return cleaned

    def keep_shown(self, sent: Mapping[str, Any]) -> None:
        """Keep what was shown when the fields in `sent` were typed, which re-authentication has interrupted."""
        if decrypt_from_form(sent.get(_FIELD, ""), context=self._context) is not None:
            self.initial[_FIELD] = sent[_FIELD]

    def show_changes(self, error: ChangedMeanwhileError) -> None:
        """Say what somebody else has changed meanwhile. Sent again, the form overwrites it knowingly."""
        self.add_error(None, _("Somebody else has changed this meanwhile. Check it, and send it once more."))
        for name, before, now in error.changes:
            texts = {"label": _label(name), "before": _value(name, before), "now": _value(name, now)}
            self.add_error(None, _("%(label)s: it was “%(before)s”, now it is “%(now)s”") % texts)
        self._show_again(error.now)

    def _show_again(self, now: Shown) -> None:
        self.data = {**dict(self.data.items()), self.add_prefix(_FIELD): self._encrypted(now)}

    def _encrypted(self, shown: Shown) -> str:
        return encrypt_for_form(json.dumps(dict(shown), ensure_ascii=False), context=self._context)


def _label(name: str) -> str:
    if name.startswith(_STATED):
        stated = name.removeprefix(_STATED)
        label = _LABELS[stated] if stated in _LABELS else field_label(stated)
        return _("%(label)s, as the examiner states it") % {"label": label}
    other = name.removeprefix("other ")
    return str(_LABELS[other]) if other == name else _("%(label)s, of the other record") % {"label": _LABELS[other]}


def _value(name: str, value: str) -> str:
    if name.startswith(_STATED):
        value = changed_value(name.removeprefix(_STATED), value)
    if value and name.removeprefix("other ") == RegisterField.PESEL:
        return Pesel(value).masked
    return value or _("none")

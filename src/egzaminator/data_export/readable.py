"""A person's exported data in readable form: sections of records, with every name and code in words."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.forms import BooleanField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.enums import AccountState, ActKind, ActOutcome, Barred, EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.history_text import role_of, sentence
from egzaminator.accounts.profile_display import readable_value
from egzaminator.audit.enums import Tag
from egzaminator.core.templatetags.dates import table_date
from egzaminator.data_export.labels import LABELS, SECTIONS
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import MAILING, BounceKind, DeliveryState
from egzaminator.mailings.enums import InvitationWay, LeftOut, MailingKind, RecipientState, Salutation
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.register.enums import DecisionKind, EntryState, ExamKind, ExportContent, RegisterField, UndoOutcome

_CODES: Final[Mapping[tuple[str, str], Any]] = {
    ("entries", "state"): EntryState,
    ("entries", "exam_kind"): ExamKind,
    ("decisions", "kind"): DecisionKind,
    ("former_values", "field"): RegisterField,
    ("changed_emails", "outcome"): EmailChangeOutcome,
    ("mailings", "kind"): MailingKind,
    ("mailings", "state"): RecipientState,
    ("mailings", "left_out"): LeftOut,
    ("invitations", "way"): InvitationWay,
    ("mailing_preferences", "salutation"): Salutation,
    ("account", "state"): AccountState,
    ("account", "barred_by"): Barred,
    ("acts", "kind"): ActKind,
    ("acts", "outcome"): ActOutcome,
    ("links", "purpose"): LinkPurpose,
    ("forms", "outcome"): ClaimOutcome,
    ("emails", "state"): DeliveryState,
    ("emails", "report"): BounceKind,
    ("lists", "content"): ExportContent,
    ("imports", "undo_outcome"): UndoOutcome,
}
_NAMES: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("account", "language"): dict(settings.LANGUAGES),
    ("emails", "kind"): dict(EmailKind.choices) | {MAILING: gettext_lazy("Message to examiners")},
    ("second_factors", "kind"): {"totp": gettext_lazy("authenticator app"), "passkey": gettext_lazy("passkey")},
}


@dataclass(frozen=True, slots=True)
class Section:
    """A section with records of one kind. Each record is a list of rows of label and value."""

    title: str | Promise
    records: list[list[tuple[str, str]]]


def sections(data: Mapping[str, Any]) -> list[Section]:
    """Return the non-empty sections of the data that `disclose` returned, in the active language."""
    return [
        Section(title, [list(_rows(name, record)) for record in data[name]])
        for name, title in SECTIONS.items()
        if data[name]
    ]


def _rows(section: str, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if section == "events":
        text = sentence(tag=Tag(record["tag"]), details=record["details"])
        record = {"at": record["at"], "tag": text, "ip": record["ip"]}
    if section == "lists":
        record = {**record, "tag": Tag(record["tag"]).label, "roles": role_of(details=record)}
    if section == "changed_details":
        record = {**record, **{name: _detail(record["field"], record[name]) for name in ("old", "new")}}
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _rows("details", value)
        elif value not in (None, ""):
            yield _label(name), _words(section, name, value)


def _label(name: str) -> str:
    field = DetailsForm.base_fields.get(name)
    return str(LABELS.get(name) or (field.label if field else name))


def _words(section: str, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.date):
        return table_date(value)
    if (section, name) == ("changed_details", "field"):
        return _label(value)
    if names := _NAMES.get((section, name)):
        return str(names.get(value, value))
    if section == "details":
        return _detail(name, value)
    choices = _CODES.get((section, name))
    return str(choices(value).label) if choices and value in choices.values else str(value)


def _detail(name: str, value: str) -> str:
    field = DetailsForm.base_fields.get(name)
    if isinstance(field, BooleanField):
        return _("yes") if value else _("no")
    return readable_value(field, value) if field and value else value

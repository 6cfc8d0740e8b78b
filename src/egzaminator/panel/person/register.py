"""The section of a person's page with what the register has of them, and what staff may do about it."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from django.http import HttpRequest
from django.utils.functional import Promise

from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError
from egzaminator.panel.actions import FormAction, offered
from egzaminator.panel.journal_text import readable_text, unreadable
from egzaminator.panel.person.entry_actions import DECISION_ACTIONS, ENTRY_ACTIONS
from egzaminator.panel.person.record_actions import CHANGE
from egzaminator.panel.person.register_actions import REGISTER_ACTIONS
from egzaminator.panel.person.viewed import Viewed
from egzaminator.records.domain.shown import value_of
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Decision, Entry, FormerValue
from egzaminator.staff.domain.independence import is_own_record

_CORRECTS: Final = {
    RegisterField.SURNAME: "correct-names",
    RegisterField.PESEL: "correct-pesel",
    RegisterField.IDENTIFIER: "correct-identifier",
    RegisterField.EMAIL: "correct-register-email",
    RegisterField.ADDRESS: "correct-register-address",
}


@dataclass(frozen=True, slots=True)
class ShownFormer:
    """A value that the register had, until when, and why it was corrected: "" if that is no longer kept."""

    label: str | Promise
    text: str
    until: datetime.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value of the person, the ones that the register had before, the latest first, and the action to correct it."""

    label: str | Promise
    text: str
    former: Sequence[ShownFormer]
    action: FormAction[Any] | None


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision on an entry, with what it said before it was corrected."""

    decision: Decision
    former: Sequence[ShownFormer]
    actions: Sequence[FormAction[Any]]


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry with its decisions, the latest last, and what its number and scope were before."""

    entry: Entry
    decisions: Sequence[ShownDecision]
    former: Sequence[ShownFormer]
    actions: Sequence[FormAction[Any]]


def context(request: HttpRequest, viewed: Viewed) -> Mapping[str, object]:
    """Return the context of `panel/person/register.html`."""
    examiner = viewed.examiner
    former = defaultdict[tuple[int | None, int | None, str], list[ShownFormer]](list)
    for value in examiner.former_values.select_related("reason").order_by("-replaced_at", "-id"):
        former[value.entry_id, value.decision_id, value.field].append(_shown(value))
    is_own = is_own_record(examiner=examiner, member=cast("Account", request.user))
    may_change = request.user.has_perm(CHANGE) and not is_own
    actions = {one.name: one for one in offered(request, REGISTER_ACTIONS, examiner)} if may_change else {}
    return {
        "values": _values(viewed, former, actions),
        "entries": [_entry(request, entry, former, may_change=may_change) for entry in viewed.entries],
        "actions": [action for name, action in actions.items() if name not in _CORRECTS.values()],
        "may_join": may_change,
        "is_own": is_own and request.user.has_perm(CHANGE),
    }


def _shown(value: FormerValue) -> ShownFormer:
    """Return a former value in words. One that cannot be read must not hide the person."""
    try:
        text = value.shown
    except UndecryptableError:
        text = unreadable()
    reason = readable_text(value.reason) if value.reason else ""
    return ShownFormer(RegisterField(value.field).label, text, value.replaced_at, reason)


Former = Mapping[tuple[int | None, int | None, str], list[ShownFormer]]


def _values(viewed: Viewed, former: Former, actions: Mapping[str, FormAction[Any]]) -> list[ShownValue]:
    examiner = viewed.examiner
    pesel = examiner.pesel
    texts = {
        RegisterField.SURNAME: examiner.surname,
        RegisterField.FIRST_NAMES: examiner.first_names,
        RegisterField.PESEL: pesel.masked if pesel else "",
        RegisterField.IDENTIFIER: examiner.identifier,
        RegisterField.EMAIL: examiner.email,
        RegisterField.ADDRESS: value_of(examiner, RegisterField.ADDRESS),
    }
    return [
        ShownValue(field.label, text, former.get((None, None, field.value), []), actions.get(_CORRECTS.get(field, "")))
        for field, text in texts.items()
    ]


def _entry(request: HttpRequest, entry: Entry, former: Former, *, may_change: bool) -> ShownEntry:
    decisions = [
        ShownDecision(
            decision,
            _of(former, entry.id, decision.id),
            offered(request, DECISION_ACTIONS, decision) if may_change else [],
        )
        for decision in sorted(entry.decisions.all(), key=lambda one: (one.decided_on, one.id))
    ]
    actions = offered(request, ENTRY_ACTIONS, entry) if may_change else []
    return ShownEntry(entry, decisions, _of(former, entry.id, None), actions)


def _of(former: Former, entry_id: int, decision_id: int | None) -> list[ShownFormer]:
    return [value for key, values in former.items() if key[:2] == (entry_id, decision_id) for value in values]

"""The staff's actions on an entry of a person, and on a decision about it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.audit.actor import actor_of
from egzaminator.panel.actions import FormAction, SubjectPage
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit, record_view
from egzaminator.panel.person.entry_forms import DecidedForm, EntryForm, StrikeOffForm
from egzaminator.panel.person.record_actions import (
    CHANGE,
    FORM_ERRORS,
    NOTICES,
    examiner_of,
    holder_recorded,
    record_form,
    require_others,
    taken_as,
)
from egzaminator.panel.record_form import RecordForm
from egzaminator.records.domain.entries import (
    correct_decision,
    correct_entry,
    enter_again,
    strike_off,
    undo_strike_off,
)
from egzaminator.records.domain.shown import show_decision, show_entry
from egzaminator.records.errors import TakenError
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry

Fields = Mapping[str, Any]


def _find_entry(request: HttpRequest, entry_id: int) -> Entry:
    entry = get_object_or_404(Entry.objects.select_related("examiner", "scope"), pk=entry_id)
    hit_lookup_limit(by=actor_of(request), whom=str(entry.examiner_id))
    return entry


def _find_decision(request: HttpRequest, decision_id: int) -> Decision:
    found = Decision.objects.select_related("entry__examiner", "entry__scope")
    decision = get_object_or_404(found, pk=decision_id)
    hit_lookup_limit(by=actor_of(request), whom=str(decision.entry.examiner_id))
    return decision


ENTRY_PAGE: Final[SubjectPage[Entry]] = SubjectPage(
    find=_find_entry,
    url=lambda entry: reverse("examiner", args=[entry.examiner_id]),
    list_view="find-examiner",
    name=lambda entry: entry.examiner.name,
    record_view=lambda request, entry: record_view(examiner=entry.examiner, by=actor_of(request)),
)
DECISION_PAGE: Final[SubjectPage[Decision]] = SubjectPage(
    find=_find_decision,
    url=lambda decision: reverse("examiner", args=[decision.entry.examiner_id]),
    list_view="find-examiner",
    name=lambda decision: decision.entry.examiner.name,
    record_view=lambda request, decision: record_view(examiner=decision.entry.examiner, by=actor_of(request)),
)


def _common(request: HttpRequest, subject: Entry | Decision, fields: Fields) -> dict[str, Any]:
    """Return the arguments that all use cases take. Raise `OwnAccountError`."""
    require_others(request, examiner_of(subject))
    return {"shown": fields["shown"], "reason": fields["reason"], "by": actor_of(request)}


def _strike_off(request: HttpRequest, entry: Entry, fields: Fields) -> Promise:
    strike_off(entry_id=entry.id, decided=fields["decided"], **_common(request, entry, fields))
    return _("The entry is struck off.")


def _undo_strike_off(request: HttpRequest, entry: Entry, fields: Fields) -> Promise:
    undo_strike_off(entry_id=entry.id, **_common(request, entry, fields))
    return _("The strike-off is taken back: the entry is active again.")


def _enter_again(request: HttpRequest, entry: Entry, fields: Fields) -> Promise:
    enter_again(entry_id=entry.id, decided=fields["decided"], **_common(request, entry, fields))
    return _("The entry is active again.")


def _correct_entry(request: HttpRequest, entry: Entry, fields: Fields) -> Promise:
    common = _common(request, entry, fields)
    with holder_recorded(request):
        correct_entry(entry_id=entry.id, number=fields["number"], scope=fields["scope"], **common)
    return _("The entry is corrected. The former values stay below the new ones.")


def _correct_decision(request: HttpRequest, decision: Decision, fields: Fields) -> Promise:
    correct_decision(decision_id=decision.id, decided=fields["decided"], **_common(request, decision, fields))
    return _("The decision is corrected. The former values stay below the new ones.")


def _decision_form(decision: Decision, member: Any, sent: Any) -> RecordForm:
    values = {name: getattr(decision, name) for name in ("reference", "decided_on", "ground")}
    is_strike_off = decision.kind == DecisionKind.STRIKE_OFF
    make = record_form(
        StrikeOffForm if is_strike_off else DecidedForm,
        "decision",
        show_decision,
        lambda _decision: values,
        # A strike-off from a register file has no ground.
        lambda _decision: {"ground": decision.ground, "is_required": bool(decision.ground)} if is_strike_off else {},
    )
    return make(decision, member, sent)


_of_entry: Final = partial(
    FormAction,
    permission=CHANGE,
    notices=NOTICES,
    needs_confirmation=False,
    context=lambda entry: {"entry": entry},
)
ENTRY_ACTIONS: Final[tuple[FormAction[Entry], ...]] = (
    _of_entry(
        name="strike-off",
        path="skresl",
        title=_("Strike off"),
        typed=StrikeOffForm,
        form=record_form(StrikeOffForm, "strike-off", show_entry),
        run=_strike_off,
        form_errors=FORM_ERRORS,
        needs_confirmation=True,
        is_offered=lambda entry: entry.state == EntryState.ACTIVE,
    ),
    _of_entry(
        name="undo-strike-off",
        path="cofnij-skreslenie",
        title=_("Take the strike-off back"),
        typed=RecordForm,
        form=record_form(RecordForm, "undo-strike-off", show_entry),
        run=_undo_strike_off,
        form_errors=FORM_ERRORS,
        is_offered=lambda entry: entry.state == EntryState.STRUCK_OFF,
    ),
    _of_entry(
        name="enter-again",
        path="ponowny-wpis",
        title=_("Enter again"),
        typed=DecidedForm,
        form=record_form(DecidedForm, "enter-again", show_entry),
        run=_enter_again,
        form_errors=FORM_ERRORS,
        is_offered=lambda entry: entry.state != EntryState.ACTIVE and entry.examiner.deceased_on is None,
    ),
    _of_entry(
        name="correct-entry",
        path="popraw",
        title=_("Correct the number or scope"),
        typed=EntryForm,
        form=record_form(
            EntryForm,
            "entry",
            show_entry,
            lambda entry: {"number": entry.number, "scope": entry.scope},
            lambda entry: {"scope": entry.scope},
        ),
        run=_correct_entry,
        form_errors={**FORM_ERRORS, TakenError: taken_as("number")},
        is_offered=lambda _entry: True,
    ),
)
DECISION_ACTIONS: Final[tuple[FormAction[Decision], ...]] = (
    FormAction(
        name="correct-decision",
        permission=CHANGE,
        path="popraw",
        title=_("Correct the decision"),
        typed=StrikeOffForm,
        form=_decision_form,
        run=_correct_decision,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        needs_confirmation=False,
        context=lambda decision: {"entry": decision.entry, "decision": decision},
        is_offered=lambda decision: decision.withdrawn_at is None,
    ),
)

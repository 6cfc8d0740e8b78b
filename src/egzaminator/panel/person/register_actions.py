"""The staff's actions on a person's record in the register."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.audit.actor import actor_of
from egzaminator.panel.actions import FormAction
from egzaminator.panel.person.entry_forms import AddEntryForm
from egzaminator.panel.person.record_actions import (
    CHANGE,
    FORM_ERRORS,
    NOTICES,
    holder_recorded,
    record_form,
    require_others,
    taken_as,
    taken_or_joined,
)
from egzaminator.panel.person.register_forms import (
    DeathForm,
    IdentifierForm,
    NamesForm,
    PeselForm,
    RegisterAddressForm,
    RegisterEmailForm,
    TransferForm,
)
from egzaminator.panel.record_form import RecordForm
from egzaminator.records.domain.corrections import (
    correct_address,
    correct_email,
    correct_identifier,
    correct_names,
    correct_pesel,
)
from egzaminator.records.domain.departures import record_death, transfer, undo_death, undo_transfer
from egzaminator.records.domain.entries import add_entry
from egzaminator.records.domain.shown import ENTRIES, NAMES, show_ends, show_entries, show_person
from egzaminator.records.errors import TakenError
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner

Fields = Mapping[str, Any]
_CORRECTED: Final = _("It is corrected. The former value stays below the new one.")


def _common(request: HttpRequest, examiner: Examiner, fields: Fields) -> dict[str, Any]:
    """Return the arguments that all use cases take. Raise `OwnAccountError`."""
    require_others(request, examiner)
    names = {name: fields[name] for name in ("shown", "reason")}
    return {"examiner_id": examiner.id, "by": actor_of(request), **names}


def _correct_names(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    common = _common(request, examiner, fields)
    correct_names(surname=fields["surname"], first_names=fields["first_names"], **common)
    return _CORRECTED


def _correct_pesel(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    with holder_recorded(request):
        correct_pesel(pesel=fields["pesel"], **_common(request, examiner, fields))
    return _("The PESEL is corrected. From now on its owner logs in with the new one.")


def _correct_identifier(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    with holder_recorded(request):
        correct_identifier(identifier=fields["identifier"], **_common(request, examiner, fields))
    return _CORRECTED


def _correct_email(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    correct_email(email=fields["email"], **_common(request, examiner, fields))
    return _CORRECTED


def _correct_address(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    correct_address(postal_address=fields["postal_address"], **_common(request, examiner, fields))
    return _CORRECTED


def _add_entry(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    common = _common(request, examiner, fields)
    with holder_recorded(request):
        add_entry(number=fields["number"], scope=fields["scope"], decided=fields["decided"], **common)
    return _("The entry is added.")


def _transfer(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    transfer(board=fields["board"], on=fields["on"], **_common(request, examiner, fields))
    return _("It is written down: the examiner belongs to another board, and the active entries ended.")


def _undo_transfer(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    undo_transfer(**_common(request, examiner, fields))
    return _("The transfer is taken back. The entries are active again.")


def _record_death(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    record_death(on=fields["on"], **_common(request, examiner, fields))
    return _("The death is written down. The account, if there is one, is closed.")


def _undo_death(request: HttpRequest, examiner: Examiner, fields: Fields) -> Promise:
    undo_death(**_common(request, examiner, fields))
    return _("It is taken back. The account, if there is one, is blocked until its owner has spoken with the board.")


def _names(examiner: Examiner) -> Fields:
    return {"surname": examiner.surname, "first_names": examiner.first_names}


def _show(examiner: Examiner, *fields: RegisterField) -> Mapping[str, str]:
    return show_person(examiner, fields)


_action: Final = partial(FormAction, permission=CHANGE)

REGISTER_ACTIONS: Final[tuple[FormAction[Examiner], ...]] = (
    _action(
        name="correct-names",
        path="popraw-nazwisko",
        title=_("Correct the surname and first names"),
        typed=NamesForm,
        form=record_form(NamesForm, "names", lambda one: _show(one, *NAMES), _names),
        run=_correct_names,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        needs_confirmation=False,
        is_offered=lambda _examiner: True,
    ),
    _action(
        name="correct-pesel",
        path="popraw-pesel",
        title=_("Correct the PESEL"),
        typed=PeselForm,
        form=record_form(PeselForm, "pesel", lambda one: _show(one, RegisterField.PESEL)),
        run=_correct_pesel,
        notices=NOTICES,
        form_errors={**FORM_ERRORS, TakenError: taken_or_joined("pesel")},
        is_offered=lambda _examiner: True,
    ),
    _action(
        name="correct-identifier",
        path="popraw-identyfikator",
        title=_("Correct the identifier"),
        typed=IdentifierForm,
        form=record_form(
            IdentifierForm,
            "identifier",
            lambda one: _show(one, RegisterField.IDENTIFIER),
            lambda one: {"identifier": one.identifier},
            lambda one: {"is_required": one.pesel_index is None},
        ),
        run=_correct_identifier,
        notices=NOTICES,
        form_errors={**FORM_ERRORS, TakenError: taken_or_joined("identifier")},
        is_offered=lambda _examiner: True,
    ),
    _action(
        name="correct-register-email",
        path="popraw-email",
        title=_("Correct the e-mail address in the register"),
        typed=RegisterEmailForm,
        form=record_form(
            RegisterEmailForm, "email", lambda one: _show(one, RegisterField.EMAIL), lambda one: {"email": one.email}
        ),
        run=_correct_email,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        is_offered=lambda _examiner: True,
    ),
    _action(
        name="correct-register-address",
        path="popraw-adres-pocztowy",
        title=_("Correct the postal address in the register"),
        typed=RegisterAddressForm,
        form=record_form(
            RegisterAddressForm,
            "address",
            lambda one: _show(one, RegisterField.ADDRESS),
            lambda one: one.postal_address._asdict() if one.postal_address else {},
        ),
        run=_correct_address,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        is_offered=lambda _examiner: True,
    ),
    _action(
        name="add-entry",
        path="dodaj-wpis",
        title=_("Add an entry"),
        typed=AddEntryForm,
        form=record_form(AddEntryForm, "add-entry", lambda one: {ENTRIES: show_entries(one)}),
        run=_add_entry,
        notices=NOTICES,
        form_errors={**FORM_ERRORS, TakenError: taken_as("number")},
        needs_confirmation=False,
        is_offered=lambda examiner: examiner.deceased_on is None,
    ),
    _action(
        name="transfer",
        path="inna-komisja",
        title=_("Transferred to another board"),
        typed=TransferForm,
        form=record_form(TransferForm, "transfer", show_ends),
        run=_transfer,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        is_offered=lambda examiner: examiner.transferred_on is None and examiner.deceased_on is None,
    ),
    _action(
        name="undo-transfer",
        path="cofnij-przeniesienie",
        title=_("Take the transfer back"),
        typed=RecordForm,
        form=record_form(RecordForm, "undo-transfer", show_ends),
        run=_undo_transfer,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        needs_confirmation=False,
        is_offered=lambda examiner: examiner.transferred_on is not None,
    ),
    _action(
        name="record-death",
        path="zgon",
        title=pgettext_lazy("action", "Record a death"),
        typed=DeathForm,
        form=record_form(DeathForm, "death", show_ends),
        run=_record_death,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        context=lambda examiner: {"examiner": examiner, "entries": show_entries(examiner)},
        is_offered=lambda examiner: examiner.deceased_on is None,
    ),
    _action(
        name="undo-death",
        path="cofnij-zgon",
        title=_("Take the record of the death back"),
        typed=RecordForm,
        form=record_form(RecordForm, "undo-death", show_ends),
        run=_undo_death,
        notices=NOTICES,
        form_errors=FORM_ERRORS,
        is_offered=lambda examiner: examiner.deceased_on is not None,
    ),
)

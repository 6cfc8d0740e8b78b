"""“Move to the register”: the page on which what an examiner stated becomes what the register has."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.domain.reviews import is_surname_open, waiting_changes
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.panel.actions import FormAction, SubjectPage
from egzaminator.panel.person.page import ACCOUNT_PAGE
from egzaminator.panel.person.record_actions import CHANGE, FORM_ERRORS, record_form, require_others
from egzaminator.panel.person.record_actions import NOTICES as RECORD_NOTICES
from egzaminator.panel.record_form import RecordForm
from egzaminator.panel.review.accepting import NOTICES, kind_url
from egzaminator.panel.review.account_kinds import CHANGES
from egzaminator.records.domain.moving import HELD, HELD_DETAILS, move_to_register, show_stated, stated_values
from egzaminator.records.domain.shown import NAMES
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import NAME_KEY_LENGTH, NAME_LENGTH, Examiner


class MoveForm(RecordForm):
    """Asks which of the stated values go to the register, and why. `stated` and `held` are both sides, by field."""

    fields_moved = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What to move"),
        coerce=RegisterField,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose what to move, or go back and only take note of the change"),
            "invalid_choice": gettext_lazy("Choose from these details"),
        },
    )
    field_order = ("fields_moved", "reason")
    too_long = gettext_lazy("This name is too long for the register: correct it by hand, shortened.")

    def __init__(
        self,
        *args: Any,
        stated: Mapping[RegisterField, str] | None = None,
        held: Mapping[RegisterField, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._stated, self._held = stated or {}, held or {}
        self.fields["fields_moved"].choices = [  # type: ignore[attr-defined]  # a choice field
            (field.value, f"{field.label}: {self._held[field] or _('none')} → {value}")
            for field, value in self._stated.items()
            if value != self._held[field]
        ]

    def clean(self) -> dict[str, Any]:
        """Require that the names have room in the register."""
        cleaned = super().clean()
        chosen = cleaned.get("fields_moved") or []
        if not set(chosen).isdisjoint(NAMES):
            surname, first_names = (self._stated[one] if one in chosen else self._held[one] for one in NAMES)
            keys = name_keys(surname=surname, first_names=first_names)
            if max(len(surname), len(first_names)) > NAME_LENGTH or max(map(len, keys)) > NAME_KEY_LENGTH:
                self.add_error("fields_moved", str(self.too_long))
        return cleaned


def _examiner(account: Account) -> Examiner:
    assert account.examiner is not None  # noqa: S101 -- for mypy; it was looked up by its examiner
    return account.examiner


def _held(account: Account) -> Mapping[RegisterField, str]:
    return {field: str(getattr(_examiner(account), field.value)) for field in HELD}


def _initial(account: Account) -> Mapping[str, Any]:
    """Tick what waits: what the examiner has changed, and a surname that the register has otherwise."""
    changed = {change.field for change in waiting_changes(account_ids=[account.pk])[account.pk].rows}
    ticked = [RegisterField(name) for name in ("surname", "email") if name in changed]
    if not {"first_name", "middle_names"}.isdisjoint(changed):
        ticked.append(RegisterField.FIRST_NAMES)
    if is_surname_open(account.profile):
        ticked.append(RegisterField.SURNAME)
    return {"fields_moved": ticked}


def _move(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    require_others(request, _examiner(account))
    move_to_register(
        account_id=account.pk,
        fields=fields["fields_moved"],
        shown=fields["shown"],
        reason=fields["reason"],
        by=actor_of(request),
    )
    return gettext_lazy(
        "It is in the register now, and the examiner is told. The former value stays below the new one."
    )


def _context(account: Account) -> Mapping[str, object]:
    waiting = waiting_changes(account_ids=[account.pk])[account.pk]
    others = [change for change in waiting.rows if change.field not in HELD_DETAILS]
    return {"examiner": _examiner(account), "has_other_changes": bool(others)}


MOVE: Final = FormAction(
    name="move-to-register",
    path="przenies-do-ewidencji",
    permission=CHANGE,
    title=gettext_lazy("Move to the register"),
    typed=MoveForm,
    form=record_form(
        MoveForm,
        "move",
        show_stated,
        _initial,
        lambda account: {"stated": stated_values(account), "held": _held(account)},
    ),
    run=_move,
    notices={**RECORD_NOTICES, **NOTICES},
    form_errors=FORM_ERRORS,
    context=_context,
    is_offered=lambda account: account.is_active and stated_values(account) != _held(account),
)
MOVE_PAGE: Final = SubjectPage(
    find=ACCOUNT_PAGE.find,
    url=lambda _account: kind_url(CHANGES),
    list_view="review",
    name=lambda account: account.display_name,
    record_view=ACCOUNT_PAGE.record_view,
)

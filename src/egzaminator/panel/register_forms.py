"""Forms about the register: a new person, a scope, a ground for striking off."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.core.fields import LineField, ReasonField
from egzaminator.core.fields.width import Width
from egzaminator.core.forms import Fieldset
from egzaminator.register.columns import Column
from egzaminator.register.domain.add_person import typed_row
from egzaminator.register.domain.scopes import RETIRED, WITHOUT_KIND
from egzaminator.register.enums import ExamKind
from egzaminator.register.errors import BadRowsError
from egzaminator.register.models import CODE_LENGTH, GROUND_LENGTH, Scope
from egzaminator.register.problems import Problem, RowProblem

NO_KIND: Final = pgettext_lazy("scope", "no kind")
_CHOOSE: Final = ("", _("Choose from the list"))
_AS_TYPED: Final = _("Type it as it stands in the documents, instead of pasting it from a spreadsheet")
_DAY: Final = _("Write the day like this: 31.03.2026")
# The words of register files speak of cells and spreadsheets. Where somebody types, these are said instead.
_WHERE_TYPED: Final = {
    **dict.fromkeys(
        (
            Problem.TURNED_INTO_DATE,
            Problem.ROUNDED,
            Problem.FORMULA,
            Problem.LETTERS_LOST,
            Problem.SPREADSHEET_ERROR,
            Problem.INVISIBLE,
        ),
        _AS_TYPED,
    ),
    **dict.fromkeys((Problem.NOT_A_DATE, Problem.DATE_AS_NUMBER), _DAY),
    Problem.NOT_A_POSTAL_CODE: _("Enter the postal code as five digits, for example 61-655"),
    Problem.PESEL_LOST_ZERO: _("The zero that this PESEL begins with is missing"),
}
FIELDS: Final = {
    Column.PESEL: "pesel",
    Column.IDENTIFIER: "identifier",
    Column.FIRST_NAMES: "first_names",
    Column.SURNAME: "surname",
    Column.EMAIL: "email",
    Column.STREET: "street",
    Column.HOUSE_NUMBER: "house_number",
    Column.FLAT_NUMBER: "flat_number",
    Column.POSTAL_CODE: "postal_code",
    Column.LOCALITY: "locality",
    Column.NUMBER: "number",
    Column.SCOPE: "scope",
    Column.REFERENCE: "reference",
    Column.DECIDED_ON: "decided_on",
}


class _CellField(forms.CharField):
    """A value that a register file would have in a cell. The parser of register files checks it, and its length."""

    def __init__(
        self, *, label: Any, required: Any = "", usual: int = 60, width: Width | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(label=label, required=bool(required), error_messages={"required": required}, **kwargs)
        self.max_length = usual  # for the width of the box alone
        self.width = width


def _scope_choices() -> Iterable[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    labels = dict(ExamKind.choices)
    for scope in Scope.objects.filter(is_retired=False).order_by("code"):
        kind = str(labels.get(scope.exam_kind, NO_KIND))
        groups.setdefault(kind, []).append((scope.code, _scope_label(scope)))
    return [_CHOOSE, *sorted(groups.items())]


def _scope_label(scope: Scope) -> str:
    return scope.code if scope.name in ("", scope.code) else f"{scope.code} – {scope.name}"


class NewPersonForm(forms.Form):
    """Asks for a person who is not in the register yet, with their first entry: what a row of a register file has."""

    use_required_attribute = False
    # Fields that stand beside the one before them where there is room.
    beside = frozenset({"identifier", "surname", "scope", "decided_on", "flat_number", "locality"})

    pesel = _CellField(
        label="PESEL",
        usual=11,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )
    identifier = _CellField(
        label=_("Identifier"),
        help_text=_("Only for a person without a PESEL. It has at least one letter."),
        usual=20,
    )
    first_names = _CellField(
        label=_("First names"), required=_("Enter the first names; if the documents hold none, write “-”")
    )
    surname = _CellField(label=_("Surname"), required=_("Enter the surname; if the documents hold none, write “-”"))
    email = _CellField(
        label=_("E-mail address (if the board knows it)"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    street = _CellField(label=_("Street"), usual=120, help_text=_("Leave empty if the town or village has no streets"))
    house_number = _CellField(label=_("House number"), width=Width.TINY)
    flat_number = _CellField(label=_("Flat number"), width=Width.TINY)
    postal_code = _CellField(label=_("Postal code"), width=Width.TINY)
    locality = _CellField(label=_("Town or village"))
    number = _CellField(label=_("Registration number"), required=_("Enter the registration number"))
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=_scope_choices,
        error_messages={
            "required": _("Choose the scope from the list"),
            "invalid_choice": _("Choose the scope from the list"),
        },
    )
    reference = _CellField(
        label=_("Number of the decision"),
        required=_("Enter the number of the decision"),
    )
    decided_on = _CellField(
        label=_("Date of the decision"),
        help_text=_("For example 31.03.2026"),
        required=_("Enter the date of the decision"),
        usual=20,
    )
    reason = ReasonField(
        help_text=_("For example what the entry is made from. Without a PESEL. This person may read it.")
    )

    def clean(self) -> dict[str, Any]:
        """Check what was typed by the rules of register files, and put the `row` beside it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            cleaned["row"] = typed_row({column: cleaned.get(name) or "" for column, name in FIELDS.items()})
        except BadRowsError as error:
            for problem in error.problems:
                name = FIELDS.get(problem.column) if problem.column else None
                if name is None or name not in self.errors:
                    self.add_error(name, _words(problem))
        return cleaned

    @property
    def fieldsets(self) -> list[Fieldset]:
        """The fieldsets, in the order of the page."""
        person = ("pesel", "identifier", "first_names", "surname", "email")
        entry = ("number", "scope", "reference", "decided_on")
        return [
            Fieldset.of(self, name="person", legend=_("Person"), fields=person),
            Fieldset.of(
                self,
                name="address",
                legend=_("Postal address (if the board knows it)"),
                hint=_("For letters, as long as the person has no account. Either the whole address or nothing."),
                fields=("street", "house_number", "flat_number", "postal_code", "locality"),
            ),
            Fieldset.of(self, name="entry", legend=_("First entry"), fields=entry),
        ]


def _words(problem: RowProblem) -> str:
    return str(_WHERE_TYPED.get(problem.problem) or problem.reason)


class _ScopeFields(forms.Form):
    use_required_attribute = False

    name = LineField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the name of the scope")},
    )
    exam_kind = forms.ChoiceField(
        label=_("Exam kind"),
        choices=[_CHOOSE, *ExamKind.choices],
        error_messages={
            "required": _("Choose the exam kind from the list"),
            "invalid_choice": _("Choose the exam kind from the list"),
        },
    )


class NewScopeForm(_ScopeFields):
    """Asks for a new scope."""

    in_use = _("There is a scope with this code already")

    code = LineField(
        label=_("Code"),
        help_text=_("As in the decisions and register files, for example MBI"),
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code of the scope")},
    )
    field_order = ["code", "name", "exam_kind"]


class ScopeForm(_ScopeFields):
    """Asks what to change of a scope."""

    is_retired = forms.BooleanField(
        label=_("Retired: no new entries"),
        help_text=_("Entries that exist stay. Files with this scope are still read."),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ScopeFilterForm(forms.Form):
    """Asks which scopes to list."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Exam kind"),
        choices=[("", _("all")), (WITHOUT_KIND, NO_KIND), *ExamKind.choices, (RETIRED, _("retired scopes"))],
        required=False,
    )


class NewGroundForm(forms.Form):
    """Asks for a ground that entries are struck off on."""

    use_required_attribute = False
    in_use = _("The list has this ground already")

    text = LineField(
        label=_("Ground"),
        help_text=_("As decisions put it, for example: at the examiner's own request"),
        max_length=GROUND_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the ground")},
    )


class GroundForm(NewGroundForm):
    """Asks what to change of a ground."""

    is_retired = forms.BooleanField(
        label=_("No longer offered"), help_text=_("Decisions that have it keep it."), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

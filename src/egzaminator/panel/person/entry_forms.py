"""The forms of the actions on an entry, and on a decision about it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import LineField
from egzaminator.core.fields.day import PastDayField
from egzaminator.panel.record_form import RecordForm
from egzaminator.records.domain.entries import Decided
from egzaminator.register.domain.cells import Identifier, parse_number, parse_reference
from egzaminator.register.errors import BadCellError
from egzaminator.register.models import NUMBER_LENGTH, REFERENCE_LENGTH, Scope, StrikeOffGround
from egzaminator.register.problems import Problem

_ATTRS = {"autocomplete": "off", "spellcheck": "false"}
_AS_DATE = _("This reads like a date and not like a number. Compare it with the decision.")


def _said(error: BadCellError) -> ValidationError:
    """Return, in words for a form, why a cell of a register file could not hold this."""
    if error.problem is Problem.TURNED_INTO_DATE:
        return ValidationError(_AS_DATE)
    return ValidationError(str(error.problem.reason) % {"limit": error.detail})


class NumberField(LineField):
    """A registration number, returned as typed and as compared. A register file could hold it, too."""

    widget = forms.TextInput(attrs=_ATTRS)

    def to_python(self, value: Any) -> Any:
        """Return the number from any submitted value. Raise `ValidationError` if it is not one."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except BadCellError as error:
            raise _said(error) from None

    def prepare_value(self, value: Any) -> Any:
        """Return the text of a number."""
        return value.text if isinstance(value, Identifier) else value


class ScopeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # at run time it takes none
    """A scope that is not retired, or the one that an entry has already."""

    def __init__(self, **kwargs: Any) -> None:
        scopes = Scope.objects.filter(is_retired=False).order_by("code")
        super().__init__(queryset=scopes, empty_label=_("Choose from the list"), **kwargs)

    def label_from_instance(self, scope: Any) -> str:
        """Return the code, the name if it says more, and the exam kind."""
        name = f"{scope.code} – {scope.name}" if scope.name != scope.code else scope.code
        return f"{name} ({scope.get_exam_kind_display()})"


class DecidedForm(RecordForm):
    """Asks for a decision: its number and its date."""

    reference = LineField(
        label=_("Number of the decision"),
        max_length=REFERENCE_LENGTH,
        widget=forms.TextInput(attrs=_ATTRS),
        help_text=_("As it stands in the decision"),
        error_messages={"required": _("Enter the number of the decision")},
    )
    decided_on = PastDayField(
        label=_("Date of the decision"), error_messages={"required": _("Enter the date of the decision")}
    )
    field_order = ("number", "scope", "reference", "decided_on", "ground", "reason")

    def clean_reference(self) -> str:
        """Return the number of the decision. A register file could hold it, too."""
        try:
            return parse_reference(self.cleaned_data["reference"])
        except BadCellError as error:
            raise _said(error) from None

    def clean(self) -> dict[str, Any]:
        """Add what was typed of the decision as one value, `decided`."""
        cleaned = super().clean()
        names = ("reference", "decided_on", "ground")
        if not self.errors:
            cleaned["decided"] = Decided(**{name: cleaned[name] for name in names if name in cleaned})
        return cleaned


class AddEntryForm(DecidedForm):
    """Asks for a new entry: number, scope, and the decision that it is made by."""

    number = NumberField(
        label=_("Registration number"),
        max_length=NUMBER_LENGTH,
        error_messages={"required": _("Enter the registration number")},
    )
    scope = ScopeField(label=_("Scope"), error_messages={"required": _("Choose the scope")})


class StrikeOffForm(DecidedForm):
    """Asks for the decision that strikes an entry off, with its ground."""

    ground = forms.ChoiceField(label=_("Ground"), error_messages={"required": _("Choose the ground")})

    def __init__(self, *args: Any, ground: str = "", is_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = list(StrikeOffGround.objects.filter(is_retired=False).order_by("id").values_list("text", flat=True))
        if ground and ground not in grounds:  # the one that the decision has, though it is retired or was imported
            grounds.append(ground)
        field: Any = self.fields["ground"]
        field.required = is_required
        field.choices = [("", _("Choose from the list")), *((text, text) for text in grounds)]


class EntryForm(RecordForm):
    """Asks for the right number and scope of an entry, and why they are corrected."""

    number = NumberField(
        label=_("Registration number"),
        max_length=NUMBER_LENGTH,
        error_messages={"required": _("Enter the registration number")},
    )
    scope = ScopeField(label=_("Scope"), error_messages={"required": _("Choose the scope")})
    field_order = ("number", "scope", "reason")

    def __init__(self, *args: Any, scope: Scope | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if scope is not None:  # an entry may keep a scope that is retired
            field: Any = self.fields["scope"]
            field.queryset = Scope.objects.filter(is_retired=False).order_by("code") | Scope.objects.filter(pk=scope.pk)

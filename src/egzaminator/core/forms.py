"""Forms that mark optional fields, and forms with fields that are asked only after certain answers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise

Text = str | Promise
# The submitted value of a ticked checkbox.
TICKED = "on"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a part of a form: it is asked only while the field named `field` has one of these answers."""

    field: str
    answers: frozenset[str]

    def is_met(self, cleaned: Mapping[str, Any]) -> bool:
        """Return whether the part is asked, from the form's cleaned data. After an invalid answer it is not."""
        answer = cleaned.get(self.field)
        return (TICKED if answer is True else answer) in self.answers


@dataclass(frozen=True, slots=True)
class AskedWhen:
    """A condition in the form that the page's script reads: the id of a control, and the values separated by spaces."""

    control: str
    values: str

    @classmethod
    def of(cls, form: forms.BaseForm, condition: Condition | None) -> Self | None:
        """Bind a condition to the form in which it is rendered. Return None for None."""
        if condition is None:
            return None
        return cls(form[condition.field].id_for_label, " ".join(sorted(condition.answers)))


class ConditionalBoundField(BoundField):
    """A bound field that knows whether its label says "(optional)" and under which condition it is asked."""

    @property
    def is_optional(self) -> bool:
        """Whether the label says "(optional)". A checkbox never does, because nobody expects that it must be ticked."""
        return not self.field.required and not self.is_hidden and self.widget_type != "checkbox"

    @property
    def asked_when(self) -> AskedWhen | None:
        """The condition under which the field is asked, or None if it is always asked."""
        return AskedWhen.of(self.form, getattr(self.form, "conditions", {}).get(self.name))

    @property
    def aria_describedby(self) -> str | None:
        """The ids of what describes the control: "(optional)", the hint, the error.

        The words "(optional)" are not part of the control's accessible name.
        """
        described_by: str | None = super().aria_describedby
        if described_by is None or not self.auto_id or not self.is_optional:
            return described_by
        return f"{self.auto_id}_optional {described_by}".rstrip()


class ConditionalForm(forms.Form):
    """A form with fields that are asked only after certain answers.

    Such fields are declared as they are when asked, so required ones as required. While a field is not asked, its
    submitted value is neither validated nor kept: without JavaScript, people see these fields anyway and fill them
    in.
    """

    use_required_attribute = False
    bound_field_class = ConditionalBoundField
    conditions: ClassVar[Mapping[str, Condition]] = {}
    # The names of fields that stand beside the one before them where there is room.
    beside: ClassVar[Collection[str]] = ()

    def clean(self) -> dict[str, Any]:
        """Drop the values and errors of fields that are not asked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, condition in self.conditions.items():
            if not condition.is_met(cleaned):
                self.errors.pop(name, None)
                cleaned[name] = ""
        return cleaned


@dataclass(frozen=True, slots=True)
class Fieldset:
    """Some fields of a form under one legend, as `forms/fieldset.html` renders them."""

    id: str
    legend: Text
    fields: list[BoundField]
    hint: Text = ""
    asked_when: AskedWhen | None = None

    @classmethod
    def of(
        cls,
        form: forms.BaseForm,
        *,
        name: str,
        legend: Text,
        fields: Iterable[str],
        hint: Text = "",
        condition: Condition | None = None,
    ) -> Self:
        """Return a fieldset of the form's fields with the given names. Its id is `fieldset-<name>`."""
        bound = [form[field] for field in fields]
        return cls(f"fieldset-{name}", legend, bound, hint, AskedWhen.of(form, condition))

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields in rows: most alone, some with the one that stands beside them."""
        rows: list[list[BoundField]] = []
        for field in self.fields:
            if field.name in getattr(field.form, "beside", ()):
                rows[-1].append(field)
            else:
                rows.append([field])
        return rows


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of a long form. Its first fieldset names it; any others are asked after certain answers."""

    number: int
    fieldsets: list[Fieldset]

    @classmethod
    def list_of(cls, fieldsets: Iterable[Fieldset]) -> list[Self]:
        """Return the parts that these fieldsets make up, in their order."""
        groups: list[list[Fieldset]] = []
        for fieldset in fieldsets:
            if fieldset.asked_when:
                groups[-1].append(fieldset)
            else:
                groups.append([fieldset])
        return [cls(number, group) for number, group in enumerate(groups, start=1)]

    @property
    def errors(self) -> int:
        """The number of fields with an error."""
        return sum(bool(field.errors) for fieldset in self.fieldsets for field in fieldset.fields)

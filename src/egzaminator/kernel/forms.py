"""Forms that say which of their fields are optional and which are asked only after a certain answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise

Text = str | Promise
# What a ticked box sends.
TICKED = "on"


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a form is asked only while another field (`field`, its name) has one of these answers."""

    field: str
    answers: frozenset[str]

    def is_met(self, cleaned: Mapping[str, Any]) -> bool:
        """Take the cleaned data; tell whether the part is asked. After a wrong answer it is not."""
        answer = cleaned.get(self.field)
        return (TICKED if answer is True else answer) in self.answers


@dataclass(frozen=True, slots=True)
class AskedWhen:
    """A condition as the page's script reads it: the id of a control, and the values separated by spaces."""

    control: str
    values: str

    @classmethod
    def of(cls, form: forms.BaseForm, condition: Condition | None) -> Self | None:
        """Bind a condition to the form it is rendered in."""
        if condition is None:
            return None
        return cls(form[condition.field].id_for_label, " ".join(sorted(condition.answers)))


class ConditionalBoundField(BoundField):
    """A field that knows what its label says beside its name."""

    @property
    def is_optional(self) -> bool:
        """Whether the page says so. A box need never be ticked, and nobody expects otherwise."""
        return not self.field.required and not self.is_hidden and self.widget_type != "checkbox"

    @property
    def asked_when(self) -> AskedWhen | None:
        """The answer that the field is asked after, if it is not always asked."""
        return AskedWhen.of(self.form, getattr(self.form, "conditions", {}).get(self.name))

    @property
    def aria_describedby(self) -> str | None:
        """What describes the control: the words "(optional)", which are no part of its name, the hint, the error."""
        described_by: str | None = super().aria_describedby
        if described_by is None or not self.auto_id or not self.is_optional:
            return described_by
        return f"{self.auto_id}_optional {described_by}".rstrip()


class ConditionalForm(forms.Form):
    """A form with fields that are asked only after certain answers.

    Such fields are declared as they are when asked, required ones as required. When they are not asked, whatever was
    sent for them is neither checked nor kept: without JavaScript people see them all the same, and fill them in.
    """

    use_required_attribute = False
    bound_field_class = ConditionalBoundField
    conditions: ClassVar[Mapping[str, Condition]] = {}

    def clean(self) -> dict[str, Any]:
        """Drop what is not asked."""
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
        """Gather fields of a form by their names. The name becomes the fieldset's id, `fieldset-<name>`."""
        bound = [form[field] for field in fields]
        return cls(f"fieldset-{name}", legend, bound, hint, AskedWhen.of(form, condition))

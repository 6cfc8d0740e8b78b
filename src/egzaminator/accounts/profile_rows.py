from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.functional import Promise

from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Profile
from egzaminator.kernel.fields import PhoneField, format_phone


@dataclass(frozen=True, slots=True)
class Group:
    """A group of details under one title, as rows of label and value."""

    title: str | Promise
    rows: Sequence[tuple[str | Promise, str]]


def profile_groups(profile: Profile) -> list[Group]:
    """Give an examiner's details as they are read: in the form's groups, under the form's labels.

    What the form would not ask (the workplace of the retired, the other address of who has one) is left out.
    """
    form = DetailsForm(initial=model_to_dict(profile))
    groups = []
    for fieldset in form.fieldsets:
        names = [bound.name for bound in fieldset.fields if _is_asked(form, bound.name)]
        rows = [
            (form.fields[name].label or "", readable_value(form.fields[name], form.initial[name]))
            for name in names
            if not isinstance(form.fields[name], forms.BooleanField)
        ]
        if rows:
            groups.append(Group(fieldset.legend, rows))
    return groups


def _is_asked(form: DetailsForm, name: str) -> bool:
    condition = form.conditions.get(name)
    return condition is None or condition.is_met(form.initial)


def readable_value(field: forms.Field, value: Any) -> str:
    """Take a field of the form and what is kept for it; give the words that people read."""
    if isinstance(field, PhoneField):
        return format_phone(value)
    if isinstance(field, forms.ChoiceField):
        labels = {key: label for key, label in field.widget.choices if not isinstance(label, (list, tuple))}
        return str(labels.get(value, value)) if value else ""
    return str(value)

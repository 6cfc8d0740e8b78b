"""An examiner's details in readable form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django import forms
from django.forms.models import model_to_dict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Profile
from egzaminator.core.fields import PhoneField, format_phone

_EMAIL: Final = _("E-mail address")


class Row(NamedTuple):
    """A detail in readable form."""

    name: str
    """The name of the form's field."""
    label: str | Promise
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of details."""

    title: str | Promise
    rows: Sequence[Row]


def profile_groups(profile: Profile) -> list[Group]:
    """Return an examiner's details in readable form, in the groups and under the labels of the details form."""
    return details_groups(model_to_dict(profile))


def details_groups(details: Mapping[str, Any]) -> list[Group]:
    """Return details, by the names of the form's fields, in readable form.

    Fields that the form would not ask for are left out: the workplace of a retired examiner, or the correspondence
    address of an examiner with one address only.
    """
    form = DetailsForm(initial=dict(details))
    groups = []
    for fieldset in form.fieldsets:
        names = [bound.name for bound in fieldset.fields if _is_asked(form, bound.name)]
        rows = [
            Row(name, form.fields[name].label or "", readable_value(form.fields[name], form.initial[name]))
            for name in names
            if not isinstance(form.fields[name], forms.BooleanField)
        ]
        if rows:
            groups.append(Group(fieldset.legend, rows))
    return groups


def readable_value(field: forms.Field, value: Any) -> str:
    """Return the stored value of a form field in the words that people read."""
    if isinstance(field, PhoneField):
        return format_phone(value)
    if isinstance(field, forms.ChoiceField):
        labels = {key: label for key, label in field.widget.choices if not isinstance(label, (list, tuple))}
        return str(labels.get(value, value)) if value else ""
    return str(value)


def field_label(name: str) -> str | Promise:
    """Return the label of a detail that a `ProfileChange` names."""
    field = DetailsForm.base_fields.get(name)
    return (field.label or name) if field else _EMAIL


def changed_value(name: str, value: str) -> str:
    """Return a value of a `ProfileChange` in the words that people read."""
    field = DetailsForm.base_fields.get(name)
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    return readable_value(field, value) if field else value


def _is_asked(form: DetailsForm, name: str) -> bool:
    condition = form.conditions.get(name)
    return condition is None or condition.is_met(form.initial)

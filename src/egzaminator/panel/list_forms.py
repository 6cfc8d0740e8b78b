"""Forms of the register's list: what it is asked for, and the name of a selection."""

import re
from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.accounts.enums import Voivodeship
from egzaminator.core.fields import LineField
from egzaminator.register.enums import AccountStanding, EmailStanding, EntryState, ExamKind
from egzaminator.register.models import SELECTION_NAME_LENGTH, Scope
from egzaminator.register.terms import Terms

_LONGEST: Final = 100
_PESEL: Final = re.compile(r"\d{11}")


def _filter(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", pgettext_lazy("filter", "all")), *choices],
        error_messages={"invalid_choice": _("Choose one of the list")},
    )


class ListForm(forms.Form):
    """Asks staff whom they want to see. It is sent by POST: what is typed never stands in an address."""

    use_required_attribute = False
    unknown = _("Nobody in the register has this PESEL, identifier or registration number. Check it.")
    filters = ("scope", "exam_kind", "entry_state", "account", "voivodeship", "email")

    asked = LineField(
        label=_("Search"),
        help_text=_("The beginning of a surname (“Kowalska An”), or a PESEL, identifier or registration number"),
        required=False,
        max_length=_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    scope = _filter(_("Scope"), [])
    exam_kind = _filter(_("Kind of exam"), ExamKind.choices)
    entry_state = _filter(_("State of the entry"), EntryState.choices)
    account = _filter(_("State of the account"), AccountStanding.choices)
    voivodeship = _filter(_("Voivodeship"), Voivodeship.choices)
    email = _filter(_("State of the e-mail address"), EmailStanding.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = [
            (str(scope.pk), scope.code if scope.name == scope.code else f"{scope.code} – {scope.name}")
            for scope in Scope.objects.order_by("code")
        ]
        self.fields["scope"].choices = [("", pgettext_lazy("filter", "all")), *scopes]  # type: ignore[attr-defined]  # a ChoiceField

    @classmethod
    def of(cls, terms: Terms) -> "ListForm":
        """Return the form as it was filled in for these terms."""
        return cls(initial=asdict(terms) | {"asked": terms.search})

    @property
    def terms(self) -> Terms:
        """The terms of the valid form."""
        chosen = {name: self.cleaned_data[name] for name in self.filters if name != "scope"}
        scope = self.cleaned_data["scope"]
        return Terms(search=self.cleaned_data["asked"], scope=int(scope) if scope else None, **chosen)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What the form was filled in with, as people read it: the label of each field and its answer."""
        answers = []
        for name in ("asked", *self.filters):
            field, value = self[name], str(self[name].value() or "")
            if value:
                choices = dict(getattr(field.field, "choices", ()))
                answers.append((str(field.label), str(choices.get(value, value))))
        return answers


class SelectionNameForm(forms.Form):
    """Asks for the name under which a list is kept."""

    use_required_attribute = False

    name = LineField(
        label=_("Name of the list"),
        help_text=_("For example “Mathematics, no account”. All who may list examiners see it."),
        max_length=SELECTION_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name for the list")},
    )

    def clean_name(self) -> str:
        """Return the name. Raise `ValidationError` if a PESEL may be in it."""
        name: str = self.cleaned_data["name"]
        if _PESEL.search(name):
            raise forms.ValidationError(_("Leave out the PESEL and any other number of eleven digits or more"))
        return name

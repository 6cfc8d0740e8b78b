"""Forms of the breach helper: who and when, and why the answer is saved as a file."""

import datetime
import uuid
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.models import Account
from egzaminator.core.fields import ReasonField
from egzaminator.core.fields.day import DayField, TimeOfDayField
from egzaminator.panel.domain.traces import Question
from egzaminator.register.enums import ExportFormat

# What commands and jobs do has no account.
_PROGRAM: Final = "program"
_MINUTE: Final = datetime.timedelta(minutes=1)
_DAY_BEGINS, _DAY_ENDS = datetime.time(), datetime.time(23, 59)


class BreachForm(forms.Form):
    """Asks whose data one account saw between two moments. The address of the answer holds what is chosen here."""

    use_required_attribute = False

    actor = forms.ChoiceField(label=_("Who saw the data"), error_messages={"required": _("Choose whose account it is")})
    since = DayField(
        label=_("From the day"),
        help_text=_("For example 1.03.2026"),
        error_messages={"required": _("Enter the first day")},
    )
    since_time = TimeOfDayField(label=_("Time"), help_text=_("Empty: from the beginning of the day"), required=False)
    until = DayField(
        label=_("To the day, inclusive"),
        help_text=_("For example 31.03.2026"),
        error_messages={"required": _("Enter the last day")},
    )
    until_time = TimeOfDayField(label=_("Time, inclusive"), help_text=_("Empty: to the end of the day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Account.objects.filter(examiner=None).order_by("name", "email")
        members = [(str(member.id), f"{member.name} ({member.email})") for member in staff]
        program = (_PROGRAM, _("commands and the program’s own jobs"))
        self.fields["actor"].choices = [("", _("choose")), *members, program]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and self.question.since >= self.question.before:
            self.add_error("until", _("The end is before the beginning"))
        return cleaned

    @property
    def question(self) -> Question:
        """What a valid form asks. Both ends belong to the period, at the board's time, the last minute whole."""
        typed = self.cleaned_data
        until = datetime.datetime.combine(typed["until"], typed["until_time"] or _DAY_ENDS)
        return Question(
            actor=None if typed["actor"] == _PROGRAM else uuid.UUID(typed["actor"]),
            since=timezone.make_aware(datetime.datetime.combine(typed["since"], typed["since_time"] or _DAY_BEGINS)),
            # Of an hour that the clocks have twice, the second one is meant; added in UTC, a minute is a minute.
            before=timezone.make_aware(until.replace(fold=1)).astimezone(datetime.UTC) + _MINUTE,
        )

    @property
    def actor_name(self) -> str:
        """How the chosen account is called in the list."""
        return str(dict(self.fields["actor"].choices)[self.cleaned_data["actor"]])  # type: ignore[attr-defined]  # a ChoiceField


class BreachFileForm(forms.Form):
    """Asks in which format the answer is to be saved, and why."""

    use_required_attribute = False

    format = forms.ChoiceField(label=_("Format"), choices=ExportFormat)
    reason = ReasonField(help_text=_("For example the number of the incident. Without a PESEL."))

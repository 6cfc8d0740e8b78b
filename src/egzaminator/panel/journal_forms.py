"""Forms of the journal: what is asked for, and what its address holds."""

import datetime
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import LOOKS, Tag
from egzaminator.core.fields import LineField
from egzaminator.core.fields.day import DayField
from egzaminator.core.text import fold

# All events by which staff saw what is held about a person: the answer to "who looked?".
_LOOKS: Final = "looks"


class _FilterForm(forms.Form):
    """What the journal can be filtered by, apart from the person."""

    use_required_attribute = False

    actor = forms.ChoiceField(label=_("Who did it"), required=False)
    tag = forms.ChoiceField(label=_("What happened"), required=False)
    since = DayField(label=_("From the day"), help_text=_("For example 1.03.2026"), required=False)
    until = DayField(label=_("To the day, inclusive"), help_text=_("For example 31.03.2026"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Account.objects.filter(examiner=None).order_by("name", "email")
        members = [(str(member.id), f"{member.name} ({member.email})") for member in staff]
        self.fields["actor"].choices = [("", _("anybody")), *members]  # type: ignore[attr-defined]  # a ChoiceField
        tags = sorted(((tag.value, str(tag.label)) for tag in Tag), key=lambda choice: fold(choice[1]))
        self.fields["tag"].choices = [("", _("anything")), (_LOOKS, _("Staff saw a person's data")), *tags]  # type: ignore[attr-defined]  # as above

    def clean_tag(self) -> tuple[Tag, ...]:
        """Return the chosen tags; none for all."""
        chosen = self.cleaned_data["tag"]
        if chosen == _LOOKS:
            return tuple(sorted(LOOKS))
        return (Tag(chosen),) if chosen else ()

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first"))
        return cleaned


class JournalForm(_FilterForm):
    """Asks staff which events they want to read. It is sent by POST: what is typed never stands in an address."""

    unknown = _("Nobody has this PESEL, identifier, registration number or work e-mail address. Check it.")

    person = LineField(
        label=_("Whom it concerns"),
        help_text=_("PESEL, identifier, registration number, or the work e-mail address of a colleague"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["person", "actor", "tag", "since", "until"]


class JournalAddressForm(_FilterForm):
    """Reads the journal's address. It names the person by an id that means nothing elsewhere."""

    person = forms.UUIDField(required=False)


def start_of(day: datetime.date | None) -> datetime.datetime | None:
    """Return the moment when a day begins at the board, or None for None."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time())) if day else None

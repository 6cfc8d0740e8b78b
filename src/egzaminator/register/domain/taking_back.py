"""The taking back of people who came with an import that is undone. Nobody finds them afterwards."""

from collections.abc import Sequence

from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.models import StaffText
from egzaminator.register.domain.former_values import former_value
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Decision, Entry, Examiner, FormerValue


def take_back(*, examiners: Sequence[Examiner], by: Actor, reason: StaffText | None) -> None:
    """Take people back, whose rows the caller has locked and on whom nothing was built.

    Their entries and decisions are deleted. PESEL, identifier and number are free again for a corrected file: a person
    may come with it as somebody new. What named the person becomes former values, so that the inspector still finds
    whom the board held data about. The row keeps the name alone, which events point to.
    """
    values = [
        value
        for examiner in examiners
        for field, text in _named_by(examiner)
        if (value := former_value(examiner=examiner, field=field, value=text, by=by, reason=reason))
    ]
    FormerValue.objects.bulk_create(values)
    Decision.objects.filter(entry__examiner__in=examiners).delete()
    Entry.objects.filter(examiner__in=examiners).delete()
    now = timezone.now()
    Examiner.objects.filter(pk__in=[examiner.pk for examiner in examiners]).update(
        taken_back_at=now,
        updated_at=now,
        pesel_encrypted=None,
        pesel_index=None,
        identifier="",
        identifier_key=None,
        email="",
        email_since=None,
        email_by=None,
        address_encrypted=None,
    )


def _named_by(examiner: Examiner) -> list[tuple[RegisterField, str]]:
    return [
        (RegisterField.PESEL, examiner.pesel.digits if examiner.pesel else ""),
        (RegisterField.IDENTIFIER, examiner.identifier),
        (RegisterField.EMAIL, examiner.email),
        (RegisterField.ADDRESS, str(examiner.postal_address or "")),
    ]

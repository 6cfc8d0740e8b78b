"""What the register had before: values that were corrected, kept encrypted."""

from django.db.models import QuerySet

from egzaminator.audit.actor import Actor
from egzaminator.audit.models import StaffText
from egzaminator.core.encryption import blind_index, encrypt
from egzaminator.core.pesel import NotAPeselError, parse_pesel
from egzaminator.core.text import compact, has_forbidden_characters
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import PESEL_PURPOSE, Decision, Entry, Examiner, FormerValue, former_context


def keep_former_value(
    *,
    examiner: Examiner,
    field: RegisterField,
    value: str,
    by: Actor,
    reason: StaffText,
    entry: Entry | None = None,
    decision: Decision | None = None,
) -> None:
    """Keep a value that is being replaced, in the caller's transaction. An empty one is no value, and is not kept.

    `entry` or `decision` is given if it is a value of that and not of the person alone.
    """
    row = former_value(
        examiner=examiner, field=field, value=value, by=by, reason=reason, entry=entry, decision=decision
    )
    if row:
        row.save()


def former_value(
    *,
    examiner: Examiner,
    field: RegisterField,
    value: str,
    by: Actor,
    reason: StaffText | None,
    entry: Entry | None = None,
    decision: Decision | None = None,
) -> FormerValue | None:
    """Return what keeps a value that is being replaced, still to be saved; None for an empty one."""
    if not value:
        return None
    row = FormerValue(
        examiner=examiner, entry=entry, decision=decision, field=field, replaced_by=by.account_id, reason=reason
    )
    row.value_encrypted = encrypt(value, context=former_context(row.id))
    if field == RegisterField.PESEL:
        row.pesel_index = blind_index(value, purpose=PESEL_PURPOSE)
    elif field == RegisterField.IDENTIFIER:
        row.identifier_key = compact(value)
    return row


def examiners_formerly_called(*, name: str) -> QuerySet[Examiner]:
    """Return the query for who in the register once had a PESEL or identifier, as typed, the latest first."""
    return Examiner.objects.in_register().filter(pk__in=_former(name).values("examiner")).order_by("-updated_at")


def taken_back_called(*, name: str) -> QuerySet[Examiner]:
    """Return the query for the people with a PESEL or identifier, as typed, who were taken back, the latest first.

    Nobody but the data protection officer asks for them (GDPR, article 15).
    """
    taken_back = Examiner.objects.filter(taken_back_at__isnull=False).order_by("-taken_back_at")
    return taken_back.filter(pk__in=_former(name).values("examiner"))


def _former(name: str) -> QuerySet[FormerValue]:
    """Return the query for the former values that are a PESEL or identifier, as typed."""
    try:
        return FormerValue.objects.filter(pesel_index=blind_index(parse_pesel(name).digits, purpose=PESEL_PURPOSE))
    except NotAPeselError:
        key = compact(name)
        return FormerValue.objects.filter(identifier_key="" if has_forbidden_characters(key) else key)

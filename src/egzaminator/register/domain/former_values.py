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
    if not value:
        return
    row = FormerValue(
        examiner=examiner, entry=entry, decision=decision, field=field, replaced_by=by.account_id, reason=reason
    )
    row.value_encrypted = encrypt(value, context=former_context(row.id))
    if field == RegisterField.PESEL:
        row.pesel_index = blind_index(value, purpose=PESEL_PURPOSE)
    elif field == RegisterField.IDENTIFIER:
        row.identifier_key = compact(value)
    row.save()


def examiners_formerly_called(*, name: str) -> QuerySet[Examiner]:
    """Return the query for the examiners who once had a PESEL or identifier, as typed, the latest first."""
    try:
        former = FormerValue.objects.filter(pesel_index=blind_index(parse_pesel(name).digits, purpose=PESEL_PURPOSE))
    except NotAPeselError:
        key = compact(name)
        former = FormerValue.objects.filter(identifier_key="" if has_forbidden_characters(key) else key)
    return Examiner.objects.filter(pk__in=former.values("examiner")).order_by("-updated_at")

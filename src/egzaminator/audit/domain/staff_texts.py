"""What staff type about people: the only place where it is written and deleted."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from egzaminator.audit.actor import Actor
from egzaminator.audit.models import StaffText, text_context
from egzaminator.audit.retention_rules import STAFF_TEXTS
from egzaminator.core.encryption import encrypt


def keep_text(*, text: str, subject: uuid.UUID, by: Actor) -> StaffText:
    """Store, encrypted, what staff typed about a person, in the caller's transaction.

    `subject` is the account or examiner whom it is about, and `by` the staff account (no account: by command).
    """
    text_id = uuid.uuid4()
    return StaffText.objects.create(
        id=text_id,
        subject=subject,
        author=by.account_id,
        text_encrypted=encrypt(text, context=text_context(text_id)),
    )


def texts_about(*, subjects: Iterable[uuid.UUID]) -> QuerySet[StaffText]:
    """Return what staff typed about the given accounts and examiners, the oldest first."""
    return StaffText.objects.filter(subject__in=subjects).order_by("created_at", "id")


def delete_text(*, text: StaffText) -> bool:
    """Delete one text. The event that points to it stays. Return False if it was deleted already."""
    count, _ = StaffText.objects.filter(pk=text.pk).delete()
    return bool(count)


def delete_old_texts() -> int:
    """Delete what staff typed `KEEP_STAFF_TEXTS_DAYS` days ago and return how many texts. The events stay."""
    count, _ = StaffText.objects.filter(created_at__lte=STAFF_TEXTS.before).delete()
    return count

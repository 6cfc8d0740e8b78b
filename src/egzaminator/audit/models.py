"""The audit event."""

import uuid

from django.db import models
from django.utils import timezone

from egzaminator.audit.enums import Tag


def all_tags() -> list[tuple[str, str]]:
    """Return the tags and their labels as choices.

    The model's field takes this function instead of the list, since otherwise every new tag would need a migration
    that changes nothing.
    """
    return [(tag.value, str(tag.label)) for tag in Tag]


class Event(models.Model):
    """An audit event: what happened, who did it, and whom it concerns. Rows never change; only retention deletes them.

    `actor` and `subject` are the UUIDs of rows (examiner, account or claim) and not foreign keys, because the
    record outlives the rows it refers to. `details` contain no personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tag = models.CharField(max_length=40, choices=all_tags)
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(null=True)
    case_code = models.CharField(max_length=9, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_event_subject"),
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["case_code"], name="audit_event_case", condition=~models.Q(case_code="")),
            # Staff have a list of these events, which are very rare.
            models.Index(fields=["at"], name="audit_event_unreadable", condition=models.Q(tag=Tag.VALUE_UNDECRYPTABLE)),
        ]

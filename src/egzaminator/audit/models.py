import uuid

from django.db import models
from django.utils import timezone

from egzaminator.audit.enums import Tag


def all_tags() -> list[tuple[str, str]]:
    """Give the tags and their labels. By a function, or every new tag would need a migration that changes nothing."""
    return [(tag.value, str(tag.label)) for tag in Tag]


class Event(models.Model):
    """Something that happened, by whom, to whom. Rows are never changed; only retention deletes them.

    Persons are named by the uuid of their row (examiner, account or claim), never by a foreign key: the record outlives
    what it speaks of. `details` hold no personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tag = models.CharField(max_length=40, choices=all_tags)
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    case_code = models.CharField(max_length=9, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_event_subject"),
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["case_code"], name="audit_event_case", condition=~models.Q(case_code="")),
            # Staff see them listed, and they are hardly ever any.
            models.Index(fields=["at"], name="audit_event_unreadable", condition=models.Q(tag=Tag.VALUE_UNREADABLE)),
        ]

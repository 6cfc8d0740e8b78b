"""The audit event, what staff typed about it, and the runs of retention."""

import uuid
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from egzaminator.audit.enums import Tag
from egzaminator.core.encrypted_fields import EncryptedField, context_of
from egzaminator.core.encryption import decrypt

_TEXT_LOCATION: Final = "audit.staff-text"
LOCATION_LENGTH: Final = 200


def all_tags() -> list[tuple[str, str]]:
    """Return the tags and their labels as choices.

    The model's field takes this function instead of the list, since otherwise every new tag would need a migration
    that changes nothing.
    """
    return [(tag.value, str(tag.label)) for tag in Tag]


class Event(models.Model):
    """An audit event: what happened, who did it, and whom it concerns. Rows never change; only retention deletes them.

    `actor` and `subject` are the UUIDs of rows (examiner, account or claim) and not foreign keys, because the
    record outlives the rows it refers to. So is `staff_text`, the UUID of what staff typed as the reason. `details`
    contain no personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tag = models.CharField(max_length=40, choices=all_tags)
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(null=True)
    case_code = models.CharField(max_length=9, blank=True)
    details = models.JSONField(default=dict)
    staff_text = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_event_subject"),
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["case_code"], name="audit_event_case", condition=~models.Q(case_code="")),
            models.Index(fields=["actor", "-at"], name="audit_event_actor", condition=models.Q(actor__isnull=False)),
            models.Index(fields=["tag", "-at"], name="audit_event_tag"),
            # Who stood on which page of a list: asked for each person whose data are issued.
            GinIndex(
                OpClass(KeyTransform("examiners", "details"), name="jsonb_path_ops"),
                name="audit_event_examiners",
                condition=models.Q(details__has_key="examiners"),
            ),
        ]
        # The journal is read by the permission `audit.view_event`, which Django adds to every model.
        permissions = [
            ("export_event", "Can export the journal"),
            ("view_actor", "Can see in a person's history who did something, and why"),
            ("view_protection", "Can see the screens of data protection"),
        ]


class ShownPeople(models.Model):
    """Examiners whose data stood in a file that staff downloaded. Rows never change; only retention deletes them.

    The event of the download names the file. The people are not among its details because there may be 100,000 of
    them. A row holds a batch of at most a thousand, in 16 bytes each.
    """

    file = models.UUIDField()  # the export, or the event of a file that was made while it was sent
    at = models.DateTimeField(default=timezone.now)
    people = ArrayField(models.UUIDField())  # ids of examiners

    class Meta:
        indexes = [
            models.Index(fields=["file"], name="audit_shown_file"),
            models.Index(fields=["at"], name="audit_shown_at"),
            GinIndex(fields=["people"], name="audit_shown_people"),
        ]


class UndecryptableValue(models.Model):
    """A stored value that was found undecryptable: its column and row, when last, and how often.

    The events tell the same one by one. This row says whether anybody at the board has dealt with it since.
    """

    location = models.CharField(max_length=LOCATION_LENGTH)
    row = models.CharField(max_length=36, blank=True)  # the row's UUID; "": it has none, and the location names it
    last_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)
    needs_review = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "row"], name="audit_undecryptable_once")]
        indexes = [
            models.Index(
                fields=["last_at", "id"], name="audit_undecryptable_waits", condition=models.Q(needs_review=True)
            ),
            models.Index(fields=["last_at"], name="audit_undecryptable_last"),
        ]


class StaffText(models.Model):
    """What staff typed about a person, such as the reason of an action. It is encrypted, and the person may read it.

    It stands apart from the event, which is kept unchanged for years: a text may hold personal data, so it is deleted
    with the account that it is about, or after a period of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField()  # whom it is about: an account or an examiner
    author = models.UUIDField(null=True)  # the staff account; None: an administrator, by command
    text_encrypted = EncryptedField(location=_TEXT_LOCATION)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="audit_staff_text_subject"),
            models.Index(fields=["created_at"], name="audit_staff_text_created"),
        ]

    @property
    def text(self) -> str:
        """The text. Raise `UndecryptableError` if no key decrypts it."""
        return decrypt(self.text_encrypted, context=text_context(self.id))


def text_context(text_id: uuid.UUID) -> str:
    """Return the context that a text's ciphertext is bound to."""
    return context_of(_TEXT_LOCATION, text_id)


class RetentionDay(models.Model):
    """The runs of one retention rule on one day. Some rules run every ten minutes, so a row a run would be too many."""

    rule = models.CharField(max_length=40)  # the name of a rule (retention_rules.py)
    day = models.DateField()
    runs = models.PositiveIntegerField()
    deleted = models.PositiveBigIntegerField()  # rows, on the whole day
    last_at = models.DateTimeField()
    last_deleted = models.PositiveBigIntegerField()  # rows, by the last run

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "day"], name="audit_retention_day_once")]

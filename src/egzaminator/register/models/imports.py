"""The imports of register files: what each file would do, and what it did."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.audit.models import StaffText
from egzaminator.core.encrypted_fields import EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.register.enums import ImportState, RowOutcome, UndoOutcome
from egzaminator.stored_files.models import StoredFile

_REPORT_LOCATION = "register.import.report"
_SHOWN_LOCATION = "register.import-row.shown"
_CHANGES_LOCATION = "register.imported-person.changes"
# In these states a job has still to work on an import, or is at work on it.
_DUE_STATES = [
    ImportState.WAITING,
    ImportState.CHECKING,
    ImportState.ASKED,
    ImportState.APPLYING,
    ImportState.UNDO_ASKED,
    ImportState.UNDOING,
]


class Import(models.Model):
    """A register file that was read, and how far it is. The row stays as long as audit events do.

    `counts` are numbers alone: those of the rows by outcome ("rows", "new", "changed", "same", "wrong", "apart"), and
    once it is applied those of `Changes`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uploader = models.UUIDField(null=True)  # the staff account; None: an administrator, by command
    file = models.OneToOneField(
        StoredFile, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # None: its day is over
    # The file's rows as they were parsed, for the job that applies them.
    parsed = models.OneToOneField(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    # A keyed hash of the file's content, by which the same file is recognised. None: not read yet.
    digest = models.BinaryField(null=True, max_length=32)
    report_encrypted = EncryptedField(null=True, location=_REPORT_LOCATION)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING)
    # How often a job began what is being done now. A job that finds another number was taken for dead.
    attempts = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)  # when somebody asked to apply it
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undo_reason = models.ForeignKey(StaffText, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["-uploaded_at", "-id"], name="register_import_order"),
            models.Index(fields=["uploader", "-uploaded_at"], name="register_import_uploader"),
            models.Index(fields=["digest"], name="register_import_digest", condition=Q(digest__isnull=False)),
            models.Index(fields=["uploaded_at"], name="register_import_due", condition=Q(state__in=_DUE_STATES)),
        ]

    @property
    def report(self) -> dict[str, Any]:
        """What is known of the file besides numbers (`register.domain.imports.reports`). Raise `UndecryptableError`."""
        if self.report_encrypted is None:
            return {}
        report: dict[str, Any] = json.loads(decrypt(self.report_encrypted, context=report_context(self.id)))
        return report

    @property
    def is_due(self) -> bool:
        """Whether a job has still to work on it, or is at work on it."""
        return self.state in _DUE_STATES


class ImportRow(models.Model):
    """A row of a checked file, for the preview. It is deleted when the import is applied or given up, or after a day.

    What it shows may hold any cell of the file, so it is encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=RowOutcome)
    examiner_id = models.UUIDField(null=True)  # None: the register does not have this person, or the row is wrong
    shown_encrypted = EncryptedField(location=_SHOWN_LOCATION)
    is_apart = models.BooleanField(default=False)  # it would change back what staff corrected by hand
    is_ticked = models.BooleanField(default=False)  # staff chose to take the values of a row apart
    is_moved = models.BooleanField(default=False)  # the register changed under it after the file was checked

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "line"], name="register_importrow_line")]
        indexes = [
            models.Index(fields=["source", "outcome", "line"], name="register_importrow_page"),
            models.Index(fields=["source", "line"], name="register_importrow_apart", condition=Q(is_apart=True)),
            models.Index(fields=["source", "line"], name="register_importrow_moved", condition=Q(is_moved=True)),
        ]

    @property
    def shown(self) -> dict[str, Any]:
        """What the preview shows of it. Raise `UndecryptableError`."""
        shown: dict[str, Any] = json.loads(decrypt(self.shown_encrypted, context=shown_context(self.id)))
        return shown


class ImportedPerson(models.Model):
    """A person whose data an import wrote. The row stays as long as audit events; what changed, for a period."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="people", db_index=False)
    examiner_id = models.UUIDField()
    is_new = models.BooleanField()
    changes_encrypted = EncryptedField(null=True, location=_CHANGES_LOCATION)
    # What the undoing of the import did with the person; "" before it came to them.
    undo_outcome = models.CharField(max_length=10, choices=UndoOutcome, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "examiner_id"], name="register_importedperson_once")]
        indexes = [
            models.Index(fields=["examiner_id"], name="register_importedperson_of"),
            models.Index(
                fields=["source", "examiner_id"],
                name="register_importedperson_left",
                condition=Q(undo_outcome__in=UndoOutcome.left()),
            ),
        ]

    @property
    def changes(self) -> dict[str, Any] | None:
        """What the import changed, from and to (`register.domain.imports.record`); None after the period.

        Raise `UndecryptableError`.
        """
        if self.changes_encrypted is None:
            return None
        changes: dict[str, Any] = json.loads(decrypt(self.changes_encrypted, context=changes_context(self.id)))
        return changes


def report_context(import_id: uuid.UUID) -> str:
    """Return the location that an import's encrypted report is bound to."""
    return context_of(_REPORT_LOCATION, import_id)


def shown_context(row_id: uuid.UUID) -> str:
    """Return the location that what a row shows is bound to."""
    return context_of(_SHOWN_LOCATION, row_id)


def changes_context(person_id: uuid.UUID) -> str:
    """Return the location that what an import changed of a person is bound to."""
    return context_of(_CHANGES_LOCATION, person_id)

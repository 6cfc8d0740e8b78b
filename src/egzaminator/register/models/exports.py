"""The files of examiners that staff ask for."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.audit.models import StaffText
from egzaminator.register.enums import ExportContent, ExportFormat, ExportState
from egzaminator.stored_files.models import StoredFile

HAVE_PESELS: Final = frozenset((ExportContent.REGISTER_FILE, ExportContent.IMPORT_ROWS))


class Export(models.Model):
    """A file of examiners that a staff member asked for. A job makes it; the row says how far it is.

    It is deleted with its file, a day after it was made; the audit events stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField()  # the staff account that asked, and alone may open it
    # The import whose file it holds, to be corrected; None: it holds people of the register.
    source = models.ForeignKey("register.Import", null=True, on_delete=models.CASCADE, related_name="+")
    invitation = models.UUIDField(null=True)  # the invitation whose letters it holds; None: it holds no letters
    # Whom it holds: a selection, or the recipients of a mailing, all or those in a state. Neither: everybody.
    selection = models.UUIDField(null=True)
    mailing = models.UUIDField(null=True)
    recipient_state = models.CharField(max_length=11, blank=True)
    content = models.CharField(max_length=20, choices=ExportContent)
    format = models.CharField(max_length=4, choices=ExportFormat)
    reason = models.ForeignKey(StaffText, null=True, on_delete=models.SET_NULL, related_name="+")  # None: deleted since
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    # How often a job began. A job that finds another number was taken for dead, and another one has begun anew.
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)  # how many the file will have; known when a job has begun
    rows_done = models.PositiveIntegerField(default=0)
    file = models.OneToOneField(StoredFile, null=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        permissions = [
            ("export", "Can export lists of examiners"),
            ("export_pesel", "Can export examiners with their PESELs"),
        ]
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="register_export_owner"),
            models.Index(
                fields=["asked_at"],
                name="register_export_due",
                condition=Q(state__in=[ExportState.WAITING, ExportState.RUNNING]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ExportState.READY, file__isnull=False)
                | (~Q(state=ExportState.READY) & Q(file__isnull=True)),
                name="register_export_file_is_whole",
            ),
        ]

    @property
    def has_pesels(self) -> bool:
        """Whether the file holds PESELs, which takes a permission of its own."""
        return self.content in HAVE_PESELS

    @property
    def is_due(self) -> bool:
        """Whether a job has still to make the file, or is at work on it."""
        return self.state in {ExportState.WAITING, ExportState.RUNNING}

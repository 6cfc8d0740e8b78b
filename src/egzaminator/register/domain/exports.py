"""The states of an export, from the request to its deletion. What it holds is made in panel/domain/make_exports.py."""

import datetime
import uuid
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from egzaminator.audit.retention_rules import EXPORTS
from egzaminator.register.enums import ExportState
from egzaminator.register.errors import ExportStoppedError
from egzaminator.register.models import Export
from egzaminator.runtime.jobs import start_job
from egzaminator.stored_files.domain.files import complete_file, is_open_to
from egzaminator.stored_files.models import StoredFile

MAKE_TASK: Final = "panel.make_export"
# A job that is killed once is begun again. One that is killed each time is not to be tried for ever.
_MOST_ATTEMPTS: Final = 3
_DUE: Final = Q(state__in=[ExportState.WAITING, ExportState.RUNNING])
# After so long somebody else's job is not at work on it any more: it would have finished.
_LEFT_AFTER: Final = datetime.timedelta(minutes=10)


def start_export() -> None:
    """Start a job that makes an export, in the caller's transaction. One runs at a time, so that e-mails never wait."""
    start_job(task=MAKE_TASK, lock=MAKE_TASK)


def take_due() -> Export | None:
    """Take the oldest export that waits or that a killed job has left, and return it; None if there is none.

    The caller is the only job of its kind (`start_export`), so what is running was left. An export that was begun
    three times has failed.
    """
    with transaction.atomic():
        for export in Export.objects.select_for_update(skip_locked=True).filter(_DUE).order_by("asked_at"):
            if export.attempts < _MOST_ATTEMPTS:
                export.state, export.rows_done = ExportState.RUNNING, 0
                export.attempts += 1
                export.save(update_fields=["state", "rows_done", "attempts"])
                return export
            export.state = ExportState.FAILED
            export.save(update_fields=["state"])
    return None


def restart_left() -> None:
    """Start a job if an export has waited so long that its own job must be gone."""
    if Export.objects.filter(_DUE, asked_at__lte=timezone.now() - _LEFT_AFTER).exists():
        start_export()


def set_rows(*, export: Export, rows: int) -> None:
    """Record how many rows the file will have. Raise `ExportStoppedError`."""
    _update(export, rows=rows)


def set_progress(*, export: Export, rows_done: int) -> None:
    """Record how many rows the job has written. Raise `ExportStoppedError`."""
    _update(export, rows_done=rows_done)


def fail_export(*, export: Export) -> None:
    """Record that an export cannot be made. Raise `ExportStoppedError`."""
    _update(export, state=ExportState.FAILED)


def finish_export(*, export: Export, file: StoredFile) -> None:
    """Open a written file to its owner, for a day. Raise `ExportStoppedError` or `FileGoneError`."""
    with transaction.atomic():
        _update(export, state=ExportState.READY, file=file)
        complete_file(file=file)


def exports_of(*, owner: uuid.UUID) -> QuerySet[Export]:
    """Return the exports that an account asked for, the newest first, with their files."""
    return Export.objects.filter(owner=owner).select_related("file").order_by("-asked_at", "-id")


def open_file(*, export: Export, account_id: uuid.UUID) -> StoredFile | None:
    """Return the file of an export if an account may open it now: its own one, ready and not expired."""
    return export.file if export.file and is_open_to(file=export.file, account_id=account_id) else None


def delete_exports_of(*, owner: uuid.UUID) -> None:
    """Delete all exports of an account. A job at work on one stops."""
    Export.objects.filter(owner=owner).delete()


def delete_expired_exports() -> int:
    """Delete the exports that have no file a day after they were asked for, and return how many.

    Those with a file go with it.
    """
    count, _ = Export.objects.filter(file=None, asked_at__lte=EXPORTS.before).delete()
    return count


def _update(export: Export, **values: object) -> None:
    """Change an export that this job has taken, and nobody else since."""
    mine = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts)
    if not mine.update(**values):
        raise ExportStoppedError

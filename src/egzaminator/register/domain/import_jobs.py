"""The jobs of imports: which import is next, how far it is, and what happens when a job is killed."""

import datetime
import uuid
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.register.domain.exports import MAKE_TASK
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import ImportStoppedError
from egzaminator.register.models import Import
from egzaminator.runtime.jobs import start_job

CHECK_TASK: Final = "register.check_import"
APPLY_TASK: Final = "register.apply_import"
# In panel or records, because it reads what hangs on people: accounts, claims, e-mails.
UNDO_TASK: Final = "panel.undo_import"
# The lock of all long jobs, exports too: one runs at a time, so that one of the worker's places is free for e-mail.
_LOCK: Final = MAKE_TASK
# What waits for a task, and what it is while the task is at work on it.
_STATES: Final = {
    CHECK_TASK: (ImportState.WAITING, ImportState.CHECKING),
    APPLY_TASK: (ImportState.ASKED, ImportState.APPLYING),
    UNDO_TASK: (ImportState.UNDO_ASKED, ImportState.UNDOING),
}
_MOST_ATTEMPTS: Final = 3
_LEFT_AFTER: Final = datetime.timedelta(minutes=10)


def start_task(task: str) -> None:
    """Start a job of imports, in the caller's transaction."""
    start_job(task=task, lock=_LOCK)


def take_due(task: str) -> Import | None:
    """Take the oldest import that waits for a task, or that a killed job of it has left; None if there is none.

    The caller is the only job of its kind, so what is at work was left. An import that was begun three times has
    failed.
    """
    waiting, working = _STATES[task]
    with transaction.atomic():
        due = Import.objects.select_for_update(skip_locked=True, no_key=True).filter(state__in=[waiting, working])
        for one in due.order_by("uploaded_at"):
            if one.attempts < _MOST_ATTEMPTS:
                one.state, one.percent = working, 0
                one.attempts += 1
                one.save(update_fields=["state", "percent", "attempts"])
                return one
            one.state = ImportState.FAILED
            one.save(update_fields=["state"])
    return None


def change_mine(one: Import, **values: object) -> None:
    """Change an import that this job has taken, and nobody else since. Raise `ImportStoppedError`."""
    mine = Import.objects.filter(pk=one.pk, state=one.state, attempts=one.attempts)
    if not mine.update(**values):
        raise ImportStoppedError


def restart_left() -> None:
    """Start the jobs of imports that have waited so long that their own jobs must be gone."""
    for task, states in _STATES.items():
        if Import.objects.filter(state__in=states, uploaded_at__lte=timezone.now() - _LEFT_AFTER).exists():
            start_task(task)


def find_import(*, import_id: uuid.UUID) -> Import | None:
    """Return an import, with its file."""
    return Import.objects.select_related("file").filter(pk=import_id).first()

"""The jobs of imports: which import is next, how far it is, and what happens when a job is killed."""

import datetime
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.encryption import UndecryptableError
from egzaminator.register.domain.exports import MAKE_TASK
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import ImportStoppedError
from egzaminator.register.models import Import
from egzaminator.runtime.jobs import start_job
from egzaminator.stored_files.errors import FileGoneError

# In panel/, because they ask who wants it, which records are their own, and what hangs on people.
CHECK_TASK: Final = "panel.check_import"
APPLY_TASK: Final = "panel.apply_import"
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
_PROGRESS: Final = "UPDATE register_import SET percent = %s WHERE id = %s AND state = %s AND attempts = %s"
_LEFT_AFTER: Final = datetime.timedelta(minutes=10)

logger = logging.getLogger(__name__)


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


class Progress:
    """Writes how far a job is over a connection of its own, so that others see it while the job's transaction is open.

    It must not be called after that transaction has changed the import's row.
    """

    def __init__(self, one: Import) -> None:
        self._one = one
        self._connection = connection.copy()
        self._percent = 0

    def __call__(self, share: float) -> None:
        """Write the share of the work that is done, from 0 to 1, if it is another percent."""
        percent = int(100 * share)
        if percent > self._percent:
            self._percent = percent
            with self._connection.cursor() as cursor:
                cursor.execute(_PROGRESS, [percent, self._one.pk, self._one.state, self._one.attempts])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def work_on(task: str) -> Iterator[tuple[Import | None, Progress]]:
    """Yield the import that is due for a task, or None, and what takes its progress.

    If the work fails, the import says so, unless the process was killed.
    """
    one = take_due(task)
    progress = Progress(one or Import())
    try:
        yield one, progress
    except (ImportStoppedError, FileGoneError):
        logger.info("Import %s was stopped: its uploader's account ended, or another job works on it", one and one.pk)
        _fail(one)
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        _fail(one)
    except Exception:
        _fail(one)
        raise
    finally:
        progress.close()


def _fail(one: Import | None) -> None:
    if one is not None:
        with suppress(ImportStoppedError):
            change_mine(one, state=ImportState.FAILED)


def restart_left() -> None:
    """Start the jobs of imports that have waited so long that their own jobs must be gone."""
    for task, states in _STATES.items():
        if Import.objects.filter(state__in=states, uploaded_at__lte=timezone.now() - _LEFT_AFTER).exists():
            start_task(task)

"""Background jobs: deferring them in the caller's transaction, and deleting the old ones."""

import datetime
from typing import Final

from django.db import connection
from procrastinate import sql
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

# Inside a worker, procrastinate replaces the app's connector by a pool of other connections. A job deferred through
# that pool would commit, and start, before the transaction that it belongs to. So this manager has its own connector.
_manager = JobManager(DjangoConnector())


def start_job(*, task: str, priority: int = 0, lock: str | None = None) -> None:
    """Defer a job that starts as soon as the caller's transaction commits, and never if it rolls back.

    Takes the task's name and the priority among waiting jobs (higher runs first). Of the jobs with one `lock`, one runs
    at a time, in all workers together. Jobs carry no arguments, because arguments stay in the database until finished
    jobs are deleted. A task finds its work in rows instead.
    """
    configure_task(name=task, job_manager=_manager, priority=priority, lock=lock).defer()


_ENDED: Final = [status.value for status in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.ABORTED)]


def delete_old_jobs(*, ended_before: datetime.timedelta) -> int:
    """Delete the jobs that ended so long ago, however they ended, and return how many.

    The statement is procrastinate's own, run here because its manager does not say how many jobs it deleted.
    """
    hours = int(ended_before.total_seconds()) // 3600
    with connection.cursor() as cursor:
        cursor.execute(sql.queries["delete_old_jobs"], {"nb_hours": hours, "queue": None, "statuses": _ENDED})
        return int(cursor.rowcount)

"""Jobs for the worker, written down in the caller's transaction."""

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

# The app's own connector is swapped inside a worker for a pool of other connections, where a job would commit, and
# start, before the transaction that it belongs to.
_manager = JobManager(DjangoConnector())


def start_job(*, task: str, priority: int = 0) -> None:
    """Write down a job that starts as soon as the caller's transaction commits, and never if it rolls back.

    Takes the task's name and the priority among waiting jobs (the higher goes first). Jobs carry no arguments: they
    stay in the database until the finished ones are deleted, so a task finds its work in rows.
    """
    configure_task(name=task, job_manager=_manager, priority=priority).defer()

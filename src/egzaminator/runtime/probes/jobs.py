"""The probes of the worker and of its jobs."""

import copy
import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicTask

from egzaminator.core.probes import Finding, Level, probe

# Workers say each ten seconds that they live.
_SILENT: Final = datetime.timedelta(seconds=60)


@probe(
    "worker",
    figures={
        "workers": "Workers that said within the last minute that they live.",
        "worker_heartbeat_age_seconds": "Time since a worker last said that it lives.",
    },
)
def check_worker() -> Finding:
    """Find out whether a worker lives: without one, no e-mail goes out."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE last_heartbeat > %s), max(last_heartbeat) FROM procrastinate_workers",
            [now - _SILENT],
        )
        alive, last = cursor.fetchone()
    figures = {"workers": alive} | ({"worker_heartbeat_age_seconds": (now - last).total_seconds()} if last else {})
    if not alive:
        return Finding(
            "No worker lives: no e-mail goes out, and nothing is deleted in time.",
            Level.CRITICAL,
            "`systemctl start egzaminator-worker@1`; why it ended: `journalctl -u 'egzaminator-worker@*'`.",
            figures,
        )
    return Finding(f"{alive} worker{'' if alive == 1 else 's'} at work.", figures=figures)


# How long after its time a job may be begun. A worker that starts anew takes up what is ten minutes old at most.
_GRACE: Final = datetime.timedelta(minutes=15)
_BEGUN: Final = "SELECT task_name, max(defer_timestamp) FROM procrastinate_periodic_defers GROUP BY task_name"
_KNOWN_SINCE: Final = "SELECT min(applied) FROM django_migrations WHERE app = 'procrastinate'"
_WAITING: Final = """
SELECT min(coalesce(job.scheduled_at, event.at))
FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status = 'todo'
"""
_FAILED: Final = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"


@probe(
    "jobs",
    figures={
        "jobs_late": "Periodic jobs that were not begun at their last time.",
        "jobs_failed": "Jobs that failed in the last day.",
        "job_waiting_seconds": "Time that the oldest job which may start has been waiting.",
    },
)
def check_jobs() -> Finding:
    """Find out whether periodic jobs are begun in time, whether any waits, and whether any failed in the last day."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN)
        begun = dict(cursor.fetchall())
        cursor.execute(_KNOWN_SINCE)
        (known_since,) = cursor.fetchone()
        cursor.execute(_WAITING)
        (waiting_since,) = cursor.fetchone()
        cursor.execute(_FAILED)
        failed = cursor.fetchall()
    since = known_since.timestamp() if known_since else now.timestamp()
    late = sorted(
        periodic.task.name
        for periodic in app.periodic_registry.periodic_tasks.values()
        if begun.get(periodic.task.name, since) < _last_time(periodic, now - _GRACE)
    )
    waited = max(now - waiting_since, datetime.timedelta()) if waiting_since else datetime.timedelta()
    figures = {
        "jobs_late": len(late),
        "jobs_failed": sum(count for _task, count in failed),
        "job_waiting_seconds": waited.total_seconds(),
    }
    problems = []
    if late:
        problems.append(f"not begun at their last time: {', '.join(late)}")
    if waited > _GRACE:
        problems.append(f"the oldest has been waiting for {waited // datetime.timedelta(minutes=1)} minutes")
    if failed:
        problems.append(f"failed in the last day: {', '.join(f'{task} ({count})' for task, count in failed)}")
    if problems:
        return Finding(
            f"Jobs are not in order; {'; '.join(problems)}.",
            Level.WARNING,
            "`journalctl -u 'egzaminator-worker@*'` says why. A nightly job that was missed runs the next night.",
            figures,
        )
    return Finding("Jobs run in time.", figures=figures)


def _last_time(periodic: "PeriodicTask[..., Any, ...]", before: datetime.datetime) -> float:
    """Return the last time, before a moment, at which a periodic job was to begin."""
    # A copy: it counts on from where it was asked last, and the worker counts with the original.
    times = copy.copy(periodic.croniter)
    return float(times.get_prev(ret_type=float, start_time=before.timestamp()))

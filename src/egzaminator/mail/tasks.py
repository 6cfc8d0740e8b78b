from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import EMAILS, FINISHED_JOBS
from egzaminator.mail.domain.copies import delete_old_emails
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.queue import DELIVER_TASK, is_anything_due
from egzaminator.mail.enums import Priority
from egzaminator.runtime.jobs import delete_old_jobs, start_job

# Seconds. A job that ran on while thousands of e-mails go out would keep all other jobs waiting.
_SECONDS = 5


@app.task(name=DELIVER_TASK)
def deliver() -> None:
    """Send what is due for some seconds, and leave the rest to another job, queued behind those that wait already."""
    deliver_due(seconds=_SECONDS)
    if is_anything_due():
        start_job(task=DELIVER_TASK, priority=-Priority.BULK)


@app.periodic(cron="* * * * *")
@app.task(name="mail.deliver_again")
def deliver_again(timestamp: int) -> None:
    """Send, every minute, deferred e-mails that are due again, and those that a killed worker left."""
    deliver()


@app.periodic(cron="* * * * *")
@app.task(name="mail.retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Restart the jobs of killed workers: without this they stay `doing` for ever."""
    for job in await app.job_manager.get_stalled_jobs():
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:  # an equal job, with the same queueing lock, waits already
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="47 3 * * *")
@app.task(name="mail.delete_old_emails")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the rows of e-mails that were kept long enough."""
    record_run(rule=EMAILS, count=delete_old_emails())


@app.periodic(cron="17 3 * * *")
@app.task(name="mail.delete_finished_jobs")
def delete_finished_jobs(timestamp: int) -> None:
    """Delete, every night, the jobs that ended more than a day ago, with their arguments."""
    record_run(rule=FINISHED_JOBS, count=delete_old_jobs(ended_before=FINISHED_JOBS.period))

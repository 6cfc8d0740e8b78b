"""The job that checks files, and the periodic ones of imports and exports. Others of theirs are in panel/tasks.py."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import report_deletion
from egzaminator.register.domain import import_jobs
from egzaminator.register.domain.exports import delete_expired_exports, restart_left
from egzaminator.register.domain.import_check import check_import
from egzaminator.register.domain.import_retention import give_up_expired


@app.periodic(cron="*/10 * * * *")
@app.task(name="register.tidy_exports")
def tidy_exports(timestamp: int) -> None:
    """Delete, every ten minutes, the exports whose day is over, and begin again those that a failed job has left."""
    report_deletion(what="exports without a file", count=delete_expired_exports())
    restart_left()


@app.periodic(cron="*/10 * * * *")
@app.task(name="register.tidy_imports")
def tidy_imports(timestamp: int) -> None:
    """Give up, every ten minutes, the imports that nobody applied, and begin again those that a failed job has left."""
    report_deletion(what="imports that nobody applied", count=give_up_expired())
    import_jobs.restart_left()


@app.task(name=import_jobs.CHECK_TASK)
def check_one_import() -> None:
    """Check the oldest uploaded register file. Each file has a job, and one of them runs at a time."""
    check_import()

"""The periodic jobs of imports and exports. Their others are in panel/tasks.py."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import EXPORTS, IMPORT_CHANGES, IMPORT_RECORDS, IMPORTS, TAKEN_BACK
from egzaminator.register.domain.exports import delete_expired_exports, restart_left
from egzaminator.register.domain.imports import jobs
from egzaminator.register.domain.imports.retention import give_up_expired
from egzaminator.register.domain.undo_retention import delete_old_imports, delete_taken_back, forget_changes


@app.periodic(cron="*/10 * * * *")
@app.task(name="register.tidy_exports")
def tidy_exports(timestamp: int) -> None:
    """Delete, every ten minutes, the exports whose day is over, and begin again those that a failed job has left."""
    record_run(rule=EXPORTS, count=delete_expired_exports())
    restart_left()


@app.periodic(cron="*/10 * * * *")
@app.task(name="register.tidy_imports")
def tidy_imports(timestamp: int) -> None:
    """Give up, every ten minutes, the imports that nobody applied, and begin again those that a failed job has left."""
    record_run(rule=IMPORTS, count=give_up_expired())
    jobs.restart_left()


@app.periodic(cron="37 3 * * *")
@app.task(name="register.end_undoing")
def end_undoing(timestamp: int) -> None:
    """Delete, every night, what can no longer be undone, whom undoings took back, and the oldest of the list."""
    record_run(rule=IMPORT_CHANGES, count=forget_changes())
    record_run(rule=TAKEN_BACK, count=delete_taken_back())
    record_run(rule=IMPORT_RECORDS, count=delete_old_imports())

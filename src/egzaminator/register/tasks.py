"""The periodic job of exports. What they hold is made by a job in panel/tasks.py."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import EXPORTS
from egzaminator.register.domain.exports import delete_expired_exports, restart_left


@app.periodic(cron="*/10 * * * *")
@app.task(name="register.tidy_exports")
def tidy_exports(timestamp: int) -> None:
    """Delete, every ten minutes, the exports whose day is over, and begin again those that a failed job has left."""
    record_run(rule=EXPORTS, count=delete_expired_exports())
    restart_left()

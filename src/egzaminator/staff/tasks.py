"""Periodic jobs on acts that take two persons."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import ACTS
from egzaminator.staff.domain.acts import do_alone, end_lapsed
from egzaminator.staff.domain.retention import delete_old_acts


@app.periodic(cron="*/10 * * * *")
@app.task(name="staff.end_acts")
def end_acts(timestamp: int) -> None:
    """Carry out the acts that waited long enough alone, and end those that nobody answered. Runs every ten minutes."""
    do_alone()
    end_lapsed()


@app.periodic(cron="7 3 * * *")
@app.task(name="staff.delete_old_acts")
def delete_old(timestamp: int) -> None:
    """Delete the acts as old as the audit events about them. Runs every night."""
    record_run(rule=ACTS, count=delete_old_acts())

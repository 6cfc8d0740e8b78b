"""The jobs of mailings."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import MAILINGS
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.retention import delete_old_mailings
from egzaminator.mailings.domain.sending import BEGIN_TASK, begin_due


@app.task(name=BEGIN_TASK)
def begin() -> None:
    """Begin the mailings whose time has come."""
    begin_due()


@app.periodic(cron="* * * * *")
@app.task(name="mailings.each_minute")
def each_minute(timestamp: int) -> None:
    """Begin, every minute, what is due, take over what was sent, and queue what a crash has left out."""
    begin_due()
    settle_open()


@app.periodic(cron="53 3 * * *")
@app.task(name="mailings.delete_old")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the mailings that were kept long enough."""
    record_run(rule=MAILINGS, count=delete_old_mailings())

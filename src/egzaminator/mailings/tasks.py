"""The jobs of mailings."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import MAILINGS
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.invitations import QUEUE_TASK, delete_old_invitations, queue_waiting
from egzaminator.mailings.domain.retention import delete_old_mailings
from egzaminator.mailings.domain.sending import BEGIN_TASK, begin_due


@app.task(name=BEGIN_TASK)
def begin() -> None:
    """Begin the mailings whose time has come."""
    begin_due()


@app.task(name=QUEUE_TASK)
def queue_invitations() -> None:
    """Queue the e-mails of invitations."""
    queue_waiting()


@app.periodic(cron="* * * * *")
@app.task(name="mailings.each_minute")
def each_minute(timestamp: int) -> None:
    """Begin, every minute, what is due, take over what was sent, and queue what a crash has left out."""
    begin_due()
    settle_open()
    queue_waiting()


@app.periodic(cron="53 3 * * *")
@app.task(name="mailings.delete_old")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the mailings and invitations that were kept long enough."""
    record_run(rule=MAILINGS, count=delete_old_mailings() + delete_old_invitations())

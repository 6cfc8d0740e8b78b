from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import SELECTIONS
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.panel.domain.make_export import make_export
from egzaminator.panel.domain.overview import keep_totals
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.panel.domain.undo_import import may_import, undo_import
from egzaminator.panel.review.daily import mail_what_waits
from egzaminator.register.domain.exports import MAKE_TASK
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.imports.jobs import APPLY_TASK, CHECK_TASK, UNDO_TASK
from egzaminator.register.domain.selections import delete_unnamed


@app.periodic(cron="*/5 * * * *")
@app.task(name="panel.keep_totals")
def keep_totals_current(timestamp: int) -> None:
    """Count the register's totals every five minutes, so that no page of the panel has to."""
    refresh_all_list_keys()
    keep_totals()


@app.periodic(cron="* * * * *")
@app.task(name="panel.refresh_list_keys")
def keep_list_keys_current(timestamp: int) -> None:
    """Make, every minute, the list keys of whoever changed. Lists do so too, for a few; imports change many."""
    refresh_all_list_keys()


@app.periodic(cron="17 * * * *")
@app.task(name="panel.delete_selections")
def delete_selections(timestamp: int) -> None:
    """Delete, every hour, the selections without a name that are a day old."""
    record_run(rule=SELECTIONS, count=delete_unnamed())


@app.periodic(cron="0 5 * * *")
@app.task(name="panel.mail_what_waits")
def mail_what_waits_today(timestamp: int) -> None:
    """Tell the board, each morning at six or seven, how much waits for a check."""
    mail_what_waits()


@app.task(name=CHECK_TASK)
def check_one_import() -> None:
    """Check the oldest uploaded register file. Each file has a job, and one of them runs at a time."""
    check_import(own_rows=own_rows)


@app.task(name=APPLY_TASK)
def apply_one_import() -> None:
    """Apply the oldest import that staff asked for, if whoever uploaded it may still do so."""
    apply_import(may_apply=may_import, own_rows=own_rows)


@app.task(name=UNDO_TASK)
def undo_one_import() -> None:
    """Undo the oldest import that is due. Each undoing has a job, and one long job runs at a time."""
    undo_import()


@app.task(name=MAKE_TASK)
def make_one_export() -> None:
    """Make the file of the oldest export that is due. Each export has a job, and one of them runs at a time."""
    make_export()

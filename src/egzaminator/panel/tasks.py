from typing import Final

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import report_deletion
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.panel.domain.overview import keep_totals
from egzaminator.register.domain.selections import delete_unnamed

# Of examiners in one transaction: few enough for one to end soon, many enough for an import to be listed soon.
_AT_ONCE: Final = 2000


@app.periodic(cron="*/5 * * * *")
@app.task(name="panel.keep_totals")
def keep_totals_current(timestamp: int) -> None:
    """Count the register's totals every five minutes, so that no page of the panel has to."""
    keep_totals()


@app.periodic(cron="* * * * *")
@app.task(name="panel.refresh_list_keys")
def keep_list_keys_current(timestamp: int) -> None:
    """Make, every minute, the list keys of whoever changed. Lists do so too, for a few; imports change many."""
    while refresh_list_keys(most=_AT_ONCE):
        pass


@app.periodic(cron="17 * * * *")
@app.task(name="panel.delete_selections")
def delete_selections(timestamp: int) -> None:
    """Delete, every hour, the selections without a name that are a day old."""
    report_deletion(what="selections", count=delete_unnamed())

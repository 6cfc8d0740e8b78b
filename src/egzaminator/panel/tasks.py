from procrastinate.contrib.django import app

from egzaminator.panel.domain.make_export import make_export
from egzaminator.panel.domain.overview import keep_totals
from egzaminator.register.domain.exports import MAKE_TASK


@app.periodic(cron="*/5 * * * *")
@app.task(name="panel.keep_totals")
def keep_totals_current(timestamp: int) -> None:
    """Count the register's totals every five minutes, so that no page of the panel has to."""
    keep_totals()


@app.task(name=MAKE_TASK)
def make_one_export() -> None:
    """Make the file of the oldest export that is due. Each export has a job, and one of them runs at a time."""
    make_export()

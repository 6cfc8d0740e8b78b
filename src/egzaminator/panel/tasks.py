from procrastinate.contrib.django import app

from egzaminator.panel.domain.overview import keep_totals


@app.periodic(cron="*/5 * * * *")
@app.task(name="panel.keep_totals")
def keep_totals_current(timestamp: int) -> None:
    """Count the register's totals every five minutes, so that no page of the panel has to."""
    keep_totals()

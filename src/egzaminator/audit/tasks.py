"""The periodic job of the audit record."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import delete_old_events, report_deletion


@app.periodic(cron="37 3 * * *")
@app.task(name="audit.delete_old")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the events whose retention period is over."""
    report_deletion(what="events", count=delete_old_events(), is_recorded=True)

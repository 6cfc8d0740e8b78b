"""The periodic job of the audit record."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import delete_old_events, delete_old_values, report_deletion
from egzaminator.audit.domain.staff_texts import delete_old_texts


@app.periodic(cron="37 3 * * *")
@app.task(name="audit.delete_old")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the events, the texts of the staff and the damaged values that were kept long enough."""
    report_deletion(what="events", count=delete_old_events(), is_recorded=True)
    report_deletion(what="undecryptable values", count=delete_old_values())
    report_deletion(what="texts of the staff", count=delete_old_texts(), is_recorded=True)

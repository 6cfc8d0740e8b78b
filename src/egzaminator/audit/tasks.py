"""The periodic job of the audit record."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import delete_old_events, delete_old_runs, delete_old_values, record_run
from egzaminator.audit.domain.staff_texts import delete_old_texts
from egzaminator.audit.retention_rules import EVENTS, RUNS, STAFF_TEXTS, UNDECRYPTABLE_VALUES


@app.periodic(cron="37 3 * * *")
@app.task(name="audit.delete_old")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the events, texts of the staff, damaged values and runs whose periods are over."""
    record_run(rule=EVENTS, count=delete_old_events())
    record_run(rule=STAFF_TEXTS, count=delete_old_texts())
    record_run(rule=UNDECRYPTABLE_VALUES, count=delete_old_values())
    record_run(rule=RUNS, count=delete_old_runs())

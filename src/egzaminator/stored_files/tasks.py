"""The periodic job of stored files."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import STORED_FILES
from egzaminator.stored_files.domain.files import delete_expired_files


@app.periodic(cron="*/10 * * * *")
@app.task(name="stored_files.delete_expired")
def delete_expired(timestamp: int) -> None:
    """Delete, every ten minutes, the files whose day is over, and what killed jobs left of theirs."""
    record_run(rule=STORED_FILES, count=delete_expired_files())

"""The periodic jobs of accounts: what came back is read, and what is over is deleted every night."""

from procrastinate.contrib.django import app

from egzaminator.accounts.domain import retention
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.audit import retention_rules as rules
from egzaminator.audit.domain.retention import record_run
from egzaminator.mail.domain.bounce_mailbox import read_mailbox
from egzaminator.runtime.cache import delete_expired_entries


@app.periodic(cron="* * * * *")
@app.task(name="accounts.read_bounces", lock="accounts.read_bounces", queueing_lock="accounts.read_bounces")
def read_bounces(timestamp: int) -> None:
    """Read, every minute, the mailbox that e-mails come back to; one job at a time."""
    record_run(rule=rules.BOUNCE_REPORTS, count=read_mailbox(take_report).deleted)


@app.periodic(cron="27 3 * * *")
@app.task(name="accounts.delete_ended")
def delete_ended_rows(timestamp: int) -> None:
    """Delete, every night, sessions, mailed links, known devices, e-mail changes and cache entries that are over."""
    record_run(rule=rules.SESSIONS, count=retention.delete_ended_sessions())
    record_run(rule=rules.LINKS, count=retention.delete_ended_links())
    record_run(rule=rules.DEVICES, count=retention.delete_unseen_devices())
    record_run(rule=rules.EMAIL_CHANGES, count=retention.delete_ended_email_changes())
    record_run(rule=rules.CACHE_ENTRIES, count=delete_expired_entries())


@app.periodic(cron="57 3 * * *")
@app.task(name="accounts.delete_ended_accounts")
def delete_accounts(timestamp: int) -> None:
    """Delete, every night, the accounts of examiners struck off or deceased long enough ago, and of former staff.

    Notify the owners of those that are to be deleted next.
    """
    retention.notify_before_deletion()
    record_run(rule=rules.FORMER_STAFF, count=retention.delete_former_staff())
    # Each deletion also writes an event of its own.
    record_run(rule=rules.DECEASED, count=retention.delete_deceased_accounts())
    record_run(rule=rules.STRUCK_OFF, count=retention.delete_struck_off_accounts())

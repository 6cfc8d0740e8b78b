"""The periodic jobs of accounts: what came back is read, and what is over is deleted every night."""

from procrastinate.contrib.django import app

from egzaminator.accounts.domain import retention
from egzaminator.accounts.domain.retention import delete_ended_accounts, notify_before_deletion
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.audit.domain.retention import report_deletion
from egzaminator.mail.domain.bounce_mailbox import read_mailbox
from egzaminator.runtime.cache import delete_expired_entries


@app.periodic(cron="* * * * *")
@app.task(name="accounts.read_bounces", lock="accounts.read_bounces", queueing_lock="accounts.read_bounces")
def read_bounces(timestamp: int) -> None:
    """Read, every minute, the mailbox that e-mails come back to; one job at a time."""
    read_mailbox(take_report)


@app.periodic(cron="27 3 * * *")
@app.task(name="accounts.delete_ended")
def delete_ended_rows(timestamp: int) -> None:
    """Delete, every night, sessions, mailed links, known devices, e-mail changes and cache entries that are over."""
    report_deletion(what="sessions", count=retention.delete_ended_sessions())
    report_deletion(what="links", count=retention.delete_ended_links())
    report_deletion(what="devices", count=retention.delete_unseen_devices())
    report_deletion(what="changes of e-mail address", count=retention.delete_ended_email_changes())
    report_deletion(what="cache entries", count=delete_expired_entries())


@app.periodic(cron="57 3 * * *")
@app.task(name="accounts.delete_ended_accounts")
def delete_accounts(timestamp: int) -> None:
    """Delete, every night, the accounts of examiners struck off or deceased long enough ago, and of former staff.

    Notify the owners of those that are to be deleted next.
    """
    notify_before_deletion()
    report_deletion(what="accounts of former staff", count=retention.delete_former_staff())
    report_deletion(what="accounts", count=delete_ended_accounts())  # each deletion also writes an event of its own

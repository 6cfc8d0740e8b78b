"""Jobs of onboarding: nightly closing and deletion of claims, and notices to known mailboxes."""

from procrastinate.contrib.django import app

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import FORMS, HOLDS
from egzaminator.onboarding.domain import known_mailbox, retention


@app.periodic(cron="17 3 * * *")
@app.task(name="onboarding.end_claims")
def end_claims(timestamp: int) -> None:
    """Close, every night, the claims that nobody activated in time; delete those kept long enough, and unused holds."""
    retention.expire_claims()
    record_run(rule=FORMS, count=retention.delete_closed_claims())
    record_run(rule=HOLDS, count=retention.delete_unused_holds())


@app.task(name="onboarding.notify_known_mailboxes")
def notify_known_mailboxes() -> None:
    """Notify the mailboxes that the register knows of new claims and corrected addresses."""
    known_mailbox.notify_known_mailboxes()


@app.periodic(cron="* * * * *")
@app.task(name="onboarding.notify_known_mailboxes_again")
def notify_known_mailboxes_again(timestamp: int) -> None:
    """Send the notices that a killed worker left, or a limit held back, every minute."""
    notify_known_mailboxes()

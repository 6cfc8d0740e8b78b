from procrastinate.contrib.django import app

from egzaminator.audit.domain.report_deletion import report_deletion
from egzaminator.onboarding.domain import delete_closed_claims as deletion
from egzaminator.onboarding.domain import expire_claims as expiry


@app.periodic(cron="17 3 * * *")
@app.task(name="onboarding.end_claims")
def end_claims(timestamp: int) -> None:
    """Close, every night, the claims that nobody activated in time, and delete those that were kept long enough."""
    expiry.expire_claims()
    report_deletion(what="forms", count=deletion.delete_closed_claims(), is_recorded=True)

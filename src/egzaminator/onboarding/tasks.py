from procrastinate.contrib.django import app

from egzaminator.onboarding.domain import delete_closed_claims as deletion
from egzaminator.onboarding.domain import expire_claims as expiry


@app.periodic(cron="17 3 * * *")
@app.task(name="onboarding.end_claims")
def end_claims(timestamp: int) -> None:
    """Close, every night, the claims that nobody activated in time, and delete those that ended a week ago."""
    expiry.expire_claims()
    deletion.delete_closed_claims()

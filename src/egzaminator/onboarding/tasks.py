from procrastinate.contrib.django import app

from egzaminator.onboarding.domain import expire_claims as use_case


@app.periodic(cron="17 3 * * *")
@app.task(name="onboarding.expire_claims", pass_context=False)
def expire_claims(timestamp: int) -> None:
    """Close, every night, the claims that nobody activated in time."""
    use_case.expire_claims()

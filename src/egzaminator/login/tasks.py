"""Jobs of log-in: processing the requests for a new password."""

from procrastinate.contrib.django import app

from egzaminator.login.domain import password_reset


@app.task(name="login.process_reset_requests")
def process_reset_requests() -> None:
    """Process the pending requests for a new password."""
    password_reset.process_reset_requests()


@app.periodic(cron="* * * * *")
@app.task(name="login.process_reset_requests_again")
def process_reset_requests_again(timestamp: int) -> None:
    """Process, every minute, what a killed worker left."""
    process_reset_requests()

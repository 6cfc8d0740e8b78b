from procrastinate.contrib.django import app

from egzaminator.login.domain import password_reset as use_case


@app.task(name="login.process_reset_requests")
def process_reset_requests() -> None:
    """Process the pending requests for a new password."""
    use_case.process_reset_requests()


@app.periodic(cron="* * * * *")
@app.task(name="login.answer_resets_again")
def answer_resets_again(timestamp: int) -> None:
    """Process, every minute, what a killed worker left."""
    process_reset_requests()

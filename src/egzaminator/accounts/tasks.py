from procrastinate.contrib.django import app

from egzaminator.accounts.domain import delete_ended


@app.periodic(cron="27 3 * * *")
@app.task(name="accounts.delete_ended")
def delete_ended_sessions_and_links(timestamp: int) -> None:
    """Delete, every night, the sessions and mailed links that are over."""
    delete_ended.delete_ended_sessions()
    delete_ended.delete_ended_links()

from procrastinate.contrib.django import app

from egzaminator.accounts.domain import delete_ended


@app.periodic(cron="27 3 * * *")
@app.task(name="accounts.delete_ended")
def delete_ended_rows(timestamp: int) -> None:
    """Delete, every night, the sessions, mailed links and known devices that are over."""
    delete_ended.delete_ended_sessions()
    delete_ended.delete_ended_links()
    delete_ended.delete_unseen_devices()

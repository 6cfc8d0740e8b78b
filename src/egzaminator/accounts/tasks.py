from procrastinate.contrib.django import app

from egzaminator.accounts.domain import delete_ended
from egzaminator.kernel.cache import delete_expired_entries


@app.periodic(cron="27 3 * * *")
@app.task(name="accounts.delete_ended")
def delete_ended_rows(timestamp: int) -> None:
    """Delete, every night, what is over: sessions, mailed links, known devices, changes of address, cached entries."""
    delete_ended.delete_ended_sessions()
    delete_ended.delete_ended_links()
    delete_ended.delete_unseen_devices()
    delete_ended.delete_ended_address_changes()
    delete_expired_entries()

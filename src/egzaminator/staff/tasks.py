from procrastinate.contrib.django import app

from egzaminator.audit.domain.report_deletion import report_deletion
from egzaminator.staff.domain.acts import do_alone, end_lapsed
from egzaminator.staff.domain.delete_old_acts import delete_old_acts


@app.periodic(cron="*/10 * * * *")
@app.task(name="staff.end_acts")
def end_acts(timestamp: int) -> None:
    """Do, every ten minutes, what waited long enough alone, and end what nobody answered."""
    do_alone()
    end_lapsed()


@app.periodic(cron="7 3 * * *")
@app.task(name="staff.delete_old_acts")
def delete_old(timestamp: int) -> None:
    """Delete, every night, the acts that are as old as the events that tell of them."""
    report_deletion(what="acts by two persons", count=delete_old_acts())

"""The probes of e-mail: what waits, whether the mail server takes it, whether what comes back is noticed."""

import datetime
from typing import Final

from django.conf import settings
from django.db.models import Min, Q
from django.utils import timezone, translation

from egzaminator.core.probes import Cost, Finding, Level, probe
from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.domain.smtp import open_session
from egzaminator.mail.domain.status import describe_queue, describe_returned_mail
from egzaminator.mail.enums import BounceTrouble, DeliveryState, Priority, Trouble
from egzaminator.mail.errors import MailServerUnavailableError
from egzaminator.mail.models import Email

# How long after its time an e-mail that somebody waits for may stay untried.
_UNTRIED: Final = datetime.timedelta(minutes=5)
_READ_WITHIN: Final = datetime.timedelta(minutes=15)


def _time(at: datetime.datetime) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="minutes")


@probe(
    "mail",
    figures={
        "mail_waiting": "E-mails that wait, those that will be tried again included.",
        "mail_oldest_waiting_seconds": "Time since the oldest of them was written.",
        "mail_overdue_seconds": "Time for which the oldest due e-mail is untried, messages to many left out.",
        "mail_refused_today": "E-mails that were refused or given up today.",
        "mail_returned_today": "E-mails that came back today.",
    },
)
def check_mail() -> Finding:
    """Find out whether e-mails are tried as soon as they are due. Messages to many wait their turn, which is right."""
    now = timezone.now()
    queue = describe_queue()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    states = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED]
    due = Email.objects.filter(free, state__in=states, priority__lt=Priority.BULK, due_at__lte=now)
    oldest_due = due.aggregate(at=Min("due_at"))["at"]
    overdue = now - oldest_due if oldest_due else datetime.timedelta()
    figures = {
        "mail_waiting": queue.waiting,
        "mail_oldest_waiting_seconds": (now - queue.oldest_at).total_seconds() if queue.oldest_at else 0,
        "mail_overdue_seconds": overdue.total_seconds(),
        "mail_refused_today": queue.rejected_today,
        "mail_returned_today": queue.returned_today,
    }
    if overdue > _UNTRIED:
        minutes = overdue // datetime.timedelta(minutes=1)
        return Finding(
            f"E-mails are due and nobody sends them, the oldest for {minutes} minutes.",
            Level.CRITICAL,
            "See whether a worker runs and has enough time: `systemctl status 'egzaminator-worker@*'`.",
            figures,
        )
    if queue.oldest_at is None:
        return Finding("No e-mail waits.", figures=figures)
    since = queue.oldest_at
    return Finding(f"{queue.waiting} e-mails wait, the oldest since {_time(since)}.", figures=figures)


@probe("relay", figures={"mail_held_by_relay": "E-mails that wait because the mail server does not serve the board."})
def check_relay() -> Finding:
    """Find out whether the mail server took what it was last offered."""
    outage = current_outage()
    if outage is None:
        last = describe_queue().accepted_at
        took = (
            f"The mail server last took an e-mail at {_time(last)}." if last else "The mail server was not needed yet."
        )
        return Finding(took, figures={"mail_held_by_relay": 0})
    row, waiting = outage
    with translation.override("en"):
        trouble = str(Trouble(row.trouble).label)
    since = row.began_at
    return Finding(
        f"E-mail does not go out since {_time(since)} ({row.reply}); {waiting} wait.",
        Level.CRITICAL,
        f"The mail server: {trouble}. Then try `egzaminator check_mail`.",
        {"mail_held_by_relay": waiting},
    )


@probe("relay-connection", cost=Cost.REMOTE, needs_database=False)
def check_relay_connection() -> Finding:
    """Find out whether the mail server lets us in now. Nothing is sent."""
    server = settings.MAIL_SERVER
    try:
        open_session(server).quit()
    except MailServerUnavailableError as error:
        with translation.override("en"):
            trouble = str(Trouble(error.trouble).label)
        return Finding(
            f"{server.host}:{server.port} does not let us in ({error.reason}).",
            Level.CRITICAL,
            f"The mail server: {trouble}.",
        )
    except OSError:
        pass  # it let us in, and does not say goodbye
    how = "with a log-in" if server.user else "without a log-in"
    return Finding(f"{server.host}:{server.port} lets us in, {how}, by {server.security.value}.")


@probe(
    "returned-mail",
    figures={"mail_returned_not_understood": "Messages in the bounce mailbox that wait for a person."},
)
def check_returned_mail() -> Finding:
    """Find out whether e-mails that come back are noticed."""
    state = describe_returned_mail()
    figures = {"mail_returned_not_understood": state.not_understood}
    if state.alarms:
        alarm = state.alarms[0]
        with translation.override("en"):
            trouble = str(BounceTrouble(alarm.trouble).label)
        words = f"E-mails that come back are not noticed ({alarm.reply})."
        return Finding(words, Level.WARNING, f"Look: {trouble}.", figures)
    if not state.is_read:
        return Finding("No mailbox is named for e-mails that come back (BOUNCE_MAILBOX_URL).", figures=figures)
    if state.read_at is not None and timezone.now() - state.read_at > _READ_WITHIN:
        words = f"The mailbox for e-mails that come back was last read at {_time(state.read_at)}."
        return Finding(words, Level.WARNING, "The worker reads it each minute: see whether one runs.", figures)
    return Finding("E-mails that come back are noticed.", figures=figures)

"""E-mails, queued by tests the way the product queues them."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from egzaminator.mail.domain.queue import queue_email
from egzaminator.mail.domain.render import OneTimeUrl, public_url
from egzaminator.mail.enums import EmailKind, Priority
from egzaminator.mail.models import Email

LINK = "/a/abcdefghijklmnopqrstuv/"
MOMENT = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
TOKEN = "abcdefghijklmnopqrstuv"
# The context of each kind's template, besides the board and the recipient_name. Links are given as paths.
CONTEXTS: dict[EmailKind, dict[str, Any]] = {
    EmailKind.ACTIVATION: {"link": f"/a/{TOKEN}/", "saved_at": MOMENT, "expires_at": MOMENT},
    EmailKind.CLAIM_NOTICE: {"link": f"/s/{TOKEN}/", "saved_at": MOMENT},
    EmailKind.ACTIVATED: {"freeze": f"/f/{TOKEN}/", "login": "/konto/logowanie/", "activated_at": MOMENT},
    EmailKind.RESET: {"link": f"/h/{TOKEN}/", "expires_at": MOMENT},
    EmailKind.PASSWORD_CHANGED: {"freeze": f"/f/{TOKEN}/", "changed_at": MOMENT},
    EmailKind.SECURITY_NEWS: {"freeze": f"/n/{TOKEN}/", "news": "A passkey was added.", "at": MOMENT},
    EmailKind.NEW_DEVICE: {"freeze": f"/f/{TOKEN}/", "device": "Firefox, Windows", "logged_in_at": MOMENT},
    EmailKind.NEW_EMAIL: {"link": f"/e/{TOKEN}/", "asked_at": MOMENT, "expires_at": MOMENT},
    EmailKind.EMAIL_CHANGE_ASKED: {"freeze": f"/n/{TOKEN}/", "new": "a•••@example.org", "asked_at": MOMENT},
    EmailKind.EMAIL_CHANGED: {"freeze": f"/n/{TOKEN}/", "new": "a•••@example.org", "changed_at": MOMENT},
    EmailKind.ACCOUNT_UNFROZEN: {"link": f"/h/{TOKEN}/", "expires_at": MOMENT},
    EmailKind.FROZEN_NOTICE: {"frozen_at": MOMENT, "is_mistake": False},
    EmailKind.ACT_ASKED: {"freeze": f"/n/{TOKEN}/", "what": "The account.", "expires_at": MOMENT, "alone_at": None},
    EmailKind.DELETION_NOTICE: {"deleted_on": MOMENT.date()},
    EmailKind.ACCOUNT_FROZEN: {"name": "Jan Nowak", "at": MOMENT, "by": None},
    EmailKind.CLAIM_STOPPED: {"name": "Jan Nowak", "at": MOMENT},
    EmailKind.BOARD_CONTACT: {
        "name": "Jan Nowak",
        "at": MOMENT,
        "changes": [["e-mail", "a@oke.example", "b@oke.example"]],
    },
}


def one_time(path: str, *, ends_at: datetime.datetime) -> OneTimeUrl:
    """Return a one-time link that expires at `ends_at`."""
    return OneTimeUrl(public_url(path), expires_at=ends_at)


def queue(email: str = "anna@example.pl", **changes: Any) -> Email:
    """Queue an activation e-mail."""
    now = timezone.now()
    ends_at = now + datetime.timedelta(days=7)
    arguments: dict[str, Any] = {
        "kind": EmailKind.ACTIVATION,
        "related_id": uuid.uuid4(),
        "email": email,
        "recipient_name": "Anna Łukasik",
        "language": "pl",
        "context": {"link": one_time(LINK, ends_at=ends_at), "saved_at": now, "expires_at": ends_at},
        "priority": Priority.ACCESS,
    }
    return queue_email(**(arguments | changes))

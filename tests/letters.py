"""E-mails that tests queue, the way the product does."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from egzaminator.post.domain.public_url import OneTimeUrl, public_url
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority
from egzaminator.post.models import Message

LINK = "/a/abcdefghijklmnopqrstuv/"


def one_time(path: str, *, ends_at: datetime.datetime) -> OneTimeUrl:
    """Make the address of a one-time link that ends then."""
    return OneTimeUrl(public_url(path), expires_at=ends_at)


def queue(address: str = "anna@example.pl", **changes: Any) -> Message:
    """Queue an activation e-mail."""
    now = timezone.now()
    ends_at = now + datetime.timedelta(days=7)
    arguments: dict[str, Any] = {
        "kind": Kind.ACTIVATION,
        "about": uuid.uuid4(),
        "address": address,
        "addressee": "Anna Łukasik",
        "language": "pl",
        "context": {"link": one_time(LINK, ends_at=ends_at), "saved_at": now, "expires_at": ends_at},
        "priority": Priority.ACCESS,
    }
    return queue_message(**(arguments | changes))

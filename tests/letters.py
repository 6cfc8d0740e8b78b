"""E-mails that tests queue, the way the product does."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from egzaminator.post.domain.public_url import public_url
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority
from egzaminator.post.models import Message

LINK = "/a/abcdefghijklmnopqrstuv/"


def queue(address: str = "anna@example.pl", **changes: Any) -> Message:
    """Queue an activation e-mail."""
    now = timezone.now()
    arguments: dict[str, Any] = {
        "kind": Kind.ACTIVATION,
        "about": uuid.uuid4(),
        "address": address,
        "addressee": "Anna Łukasik",
        "language": "pl",
        "context": {"link": public_url(LINK), "saved_at": now, "expires_at": now + datetime.timedelta(days=7)},
        "priority": Priority.ACCESS,
    }
    return queue_message(**(arguments | changes))

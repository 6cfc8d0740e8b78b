import datetime
import math
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.post.domain.explain_reply import explain_reply
from egzaminator.post.domain.reply import Reply
from egzaminator.post.enums import Kind, Priority, State
from egzaminator.post.models import Message

_GAVE_UP: Final = _("We have tried for two days and could not hand the e-mail over.")
_LATELY: Final = datetime.timedelta(hours=1)
_MEDIAN: Final = f"""
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY accepted_at - created_at)
FROM {Message._meta.db_table}
WHERE accepted_at > %(since)s AND priority = %(priority)s
"""  # noqa: S608, SLF001 -- the table's name is the model's own; every value is a parameter


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an e-mail is, for the one who waits for it."""

    state: State
    queued_at: datetime.datetime
    accepted_at: datetime.datetime | None
    """When our mail server took it over; the rest of its way is not ours to see."""
    next_try_at: datetime.datetime | None
    """When it is tried again, after a try that failed."""
    explanation: list[Promise]
    """Why it has not been handed over, in sentences for the reader; empty while nothing has failed."""
    server_words: str
    """What the server answered in its own words, code first; empty before the first answer."""


def latest_message(*, about: uuid.UUID, kind: Kind) -> Message | None:
    """Give the newest e-mail of a kind about a claim or account."""
    return Message.objects.filter(about=about, kind=kind).order_by("-created_at").first()


def describe_delivery(message: Message) -> Delivery:
    """Tell where an e-mail is and, if it did not get through, why, in plain words."""
    state = State(message.state)
    reply = Reply(message.reply_code, message.reply_text)
    explanation: list[Promise] = []
    if state is not State.ACCEPTED and (message.attempts or state is State.REJECTED):
        if state is State.REJECTED and not reply.is_final:
            explanation.append(_GAVE_UP)
        explanation.append(explain_reply(reply))
    return Delivery(
        state=state,
        queued_at=message.created_at,
        accepted_at=message.accepted_at,
        next_try_at=message.due_at if state is State.DEFERRED else None,
        explanation=explanation,
        server_words=f"{message.reply_code or ''} {message.reply_text}".strip(),
    )


def minutes_to_deliver_lately() -> int | None:
    """Give how many minutes handing over took for an e-mail of the last hour that somebody waited for.

    The median of those of the highest priority, rounded up; None when there were none. Whether it was quick or slow, it
    is what the next one can expect.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, {"since": timezone.now() - _LATELY, "priority": Priority.ACCESS})
        (took,) = cursor.fetchone()
    return None if took is None else max(1, math.ceil(took / datetime.timedelta(minutes=1)))

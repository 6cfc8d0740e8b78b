import logging
import math
import time
from typing import Final

from django.db import transaction

from egzaminator.audit.domain.record_unreadable import record_unreadable
from egzaminator.kernel.encryption import UndecryptableError, decrypt
from egzaminator.post.domain.acceptances import Acceptances
from egzaminator.post.domain.compose_message import bounce_mailbox_of
from egzaminator.post.domain.lease_messages import LEASE, LeasedMessage, lease_messages, release_messages
from egzaminator.post.domain.mail_addresses import mailbox_in_ascii
from egzaminator.post.domain.mail_connection import MailConnection
from egzaminator.post.domain.outage import release_held, report_outage
from egzaminator.post.domain.record_result import describe_reply, record_failure, record_lapsed
from egzaminator.post.domain.reply import UNREADABLE_CONTENT, UNSENDABLE_ADDRESS, Reply
from egzaminator.post.enums import Cause, Trouble
from egzaminator.post.errors import ConnectionLostError, MailServerUnavailableError
from egzaminator.post.models import content_context

logger = logging.getLogger(__name__)

_BATCH: Final = 100
# Seconds after which a batch is left unfinished and due e-mails are selected anew, so that an e-mail somebody waits for
# never queues behind a hundred slow ones.
_BATCH_SECONDS: Final = 1.0
# Seconds, less than the lease: when the lease ends nothing is in flight any more, so no e-mail is sent twice by two
# workers.
_SENDING_SECONDS: Final = LEASE.total_seconds() - 10


def deliver_due(*, seconds: float = math.inf) -> int:
    """Send due e-mails, the most urgent first, over one connection, until none is due; return how many were accepted.

    Take the number of seconds after which the rest is left to the next run. If the mail server is unavailable, every
    due e-mail is deferred without being tried.
    """
    stop_at = time.monotonic() + seconds
    accepted = 0
    with MailConnection() as connection:
        while time.monotonic() < stop_at and (messages := lease_messages(most=_BATCH)):
            with connection.limited_to(_SENDING_SECONDS):
                accepted += _deliver(messages, connection)
        if connection.is_welcome:
            release_held()
    return accepted


def _deliver(messages: list[LeasedMessage], connection: MailConnection) -> int:
    """Send a batch, or as much of a slow one as time allows; return how many e-mails were accepted."""
    look_again_at = time.monotonic() + _BATCH_SECONDS
    acceptances = Acceptances()
    accepted = 0
    try:
        for place, message in enumerate(messages):
            if place and time.monotonic() >= look_again_at:
                release_messages(messages[place:])
                break
            if message.is_lapsed:
                record_lapsed(message)
                continue
            try:
                reply = _send(message, connection)
            except MailServerUnavailableError as unavailable:
                _put_off(messages[place:], unavailable)
                break
            except ConnectionLostError as lost:
                reply = _reply_of(lost)
            if reply.is_accepted:
                accepted += 1
                acceptances.add(message, reply)
            else:
                _record_refusal(message, reply)
    finally:
        acceptances.write()
    return accepted


def _send(message: LeasedMessage, connection: MailConnection) -> Reply:
    recipient = mailbox_in_ascii(message.address)
    if recipient is None:
        return UNSENDABLE_ADDRESS
    try:
        content = decrypt(message.content or b"", context=content_context(message.id))
    except UndecryptableError as error:
        record_unreadable(context=error.context)
        return UNREADABLE_CONTENT
    return connection.send(sender=bounce_mailbox_of(message.id), recipient=recipient, content=content.encode("ascii"))


def _reply_of(lost: ConnectionLostError) -> Reply:
    if lost.code is None:
        return Reply(None, lost.reason)
    return Reply(lost.code, lost.reason.removeprefix(str(lost.code)).strip())


def _record_refusal(message: LeasedMessage, reply: Reply) -> None:
    record_failure(message, reply)
    if reply.cause is Cause.BOARD:
        report_outage(trouble=Trouble.POLICY, reason=describe_reply(reply), words=reply.words)


def _put_off(messages: list[LeasedMessage], unavailable: MailServerUnavailableError) -> None:
    logger.warning("The mail server is unavailable (%s); %d messages wait", unavailable.reason, len(messages))
    with transaction.atomic():
        for message in messages:
            record_failure(message, Reply(None, unavailable.reason, Cause.BOARD))
    report_outage(trouble=Trouble(unavailable.trouble), reason=unavailable.reason, words=unavailable.words)

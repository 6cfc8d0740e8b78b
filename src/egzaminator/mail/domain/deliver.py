import datetime
import logging
import math
import random
import time
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.encryption import UndecryptableError, decrypt
from egzaminator.mail.domain.bounce_alarms import end_bounce_alarm, raise_bounce_alarm
from egzaminator.mail.domain.outage import release_held, report_outage
from egzaminator.mail.domain.queue import LEASE, LeasedEmail, lease_emails, quick_transaction, release_emails
from egzaminator.mail.domain.render import mailbox_in_ascii
from egzaminator.mail.domain.replies import UNDECRYPTABLE_CONTENT, UNSENDABLE_EMAIL, Reply
from egzaminator.mail.domain.return_path import return_path_of
from egzaminator.mail.domain.smtp_connection import MailConnection
from egzaminator.mail.enums import BounceTrouble, Cause, DeliveryState, Priority, Trouble
from egzaminator.mail.errors import ConnectionLostError, MailServerUnavailableError
from egzaminator.mail.models import Email, content_context

logger = logging.getLogger(__name__)

KEEP_TRYING: Final = datetime.timedelta(days=2)
_PAUSES: Final = [datetime.timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60)]
# Added at random to the backoff, as a fraction of it: e-mails that failed together must not all be due in the same
# second.
_JITTER: Final = 0.1
# Seconds for which accepted e-mails may stay unrecorded.
_RECORD_WITHIN: Final = 0.02
_BATCH: Final = 100
# Seconds after which a batch is left unfinished and due e-mails are selected anew, so that an e-mail somebody waits for
# never queues behind a hundred slow ones.
_BATCH_SECONDS: Final = 1.0
# Seconds, less than the lease: when the lease ends nothing is in flight any more, so no e-mail is sent twice by two
# workers.
_SENDING_SECONDS: Final = LEASE.total_seconds() - 10

_ACCEPT: Final = f"""
UPDATE {Email._meta.db_table} AS message SET
    state = %(state)s, attempts = attempts + 1, content = NULL, accepted_at = %(now)s,
    reply_code = result.code, reply_text = result.text, lease = NULL, leased_until = NULL
FROM unnest(%(ids)s::uuid[], %(codes)s::smallint[], %(texts)s::text[]) AS result (id, code, text)
WHERE message.id = result.id AND message.lease = %(lease)s
"""  # noqa: S608, SLF001 -- the table name comes from the model; every value is a parameter


def record_accepted(results: list[tuple[LeasedEmail, Reply]]) -> None:
    """Record that the mail server has accepted e-mails, if the lease is still ours, and erase their contents.

    Take one or more e-mails of one lease, each with the server's reply.
    """
    parameters: dict[str, Any] = {
        "state": DeliveryState.ACCEPTED.value,
        "now": timezone.now(),
        "ids": [message.id for message, _ in results],
        "codes": [reply.code for _, reply in results],
        "texts": [reply.text for _, reply in results],
        "lease": results[0][0].lease,
    }
    with quick_transaction(), connection.cursor() as cursor:
        cursor.execute(_ACCEPT, parameters)


class AcceptedBatch:
    """E-mails that the mail server has accepted and the database does not show yet: some 0.02 seconds' worth.

    One statement per e-mail would cost more than sending it, so they are recorded in batches. If the worker is killed,
    its successor sends the unrecorded ones again. An e-mail that somebody waits for is recorded immediately.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[LeasedEmail, Reply]] = []
        self._since = 0.0

    def add(self, message: LeasedEmail, reply: Reply) -> None:
        """Add an e-mail of the current lease with the server's reply.

        Record the batch if it is old enough, or if somebody waits for this e-mail.
        """
        now = time.monotonic()
        if not self._waiting:
            self._since = now
        self._waiting.append((message, reply))
        if message.priority == Priority.ACCESS or now - self._since >= _RECORD_WITHIN:
            self.write()

    def write(self) -> None:
        """Record the batch, if there is one."""
        if self._waiting:
            record_accepted(self._waiting)
            self._waiting = []


def record_failure(message: LeasedEmail, reply: Reply) -> None:
    """Record that a try failed, if the lease is still ours.

    The e-mail is rejected and its content erased if the cause is final (the address or the content), or if it has
    failed temporarily for two days. Otherwise it is due again after a backoff that grows with the tries. A temporary
    failure is retried a last time at the very end of the two days. The board's trouble has no such end, and the two
    days begin anew when it is over. No e-mail is tried after its own link has expired: it is given up now if the link
    expires before the next try.
    """
    now = timezone.now()
    attempts = message.attempts + 1
    due_at = now + _pause(attempts)
    tried_since = None if reply.cause is Cause.BOARD else message.tried_since or now
    gives_up_at = tried_since + KEEP_TRYING if tried_since else None
    if gives_up_at is not None and now < gives_up_at < due_at:
        due_at = gives_up_at
    has_lapsed = message.expires_at is not None and message.expires_at <= due_at
    is_over = reply.cause.is_final or (gives_up_at is not None and now >= gives_up_at)
    result: dict[str, object] = {
        "reply_code": reply.code,
        "reply_text": reply.text,
        "cause": reply.cause if is_over or not has_lapsed else Cause.LAPSED,
        "attempts": attempts,
        "tried_since": tried_since,
    }
    if is_over or has_lapsed:
        result |= {"state": DeliveryState.REJECTED, "content": None, "due_at": now}
        logger.info("E-mail %s is rejected (%s) after %d tries", message.id, describe_reply(reply), attempts)
    else:
        result |= {"state": DeliveryState.DEFERRED, "due_at": due_at}
        if reply.code is not None or reply.cause is not Cause.BOARD:  # an unavailable server is logged by `_put_off`
            logger.info("E-mail %s is deferred (%s), tried %d times", message.id, describe_reply(reply), attempts)
    _write(message, result)


def record_lapsed(message: LeasedEmail) -> None:
    """Give up an e-mail untried, because a link in it has expired.

    What the server replied to earlier tries stays recorded.
    """
    logger.info("E-mail %s is given up: its link has expired", message.id)
    ended = {"state": DeliveryState.REJECTED, "content": None, "due_at": timezone.now()}
    _write(message, {**ended, "cause": Cause.LAPSED})


def describe_reply(reply: Reply) -> str:
    """Return a reply's codes without the server's text, which may repeat addresses.

    Without a code, return what happened instead of a reply.
    """
    if reply.code is None:
        return reply.text
    subject_and_detail = reply.enhanced
    status = f" {reply.code // 100}.{subject_and_detail[0]}.{subject_and_detail[1]}" if subject_and_detail else ""
    return f"{reply.code}{status}"


def _write(message: LeasedEmail, result: dict[str, object]) -> None:
    Email.objects.filter(id=message.id, lease=message.lease).update(lease=None, leased_until=None, **result)


def _pause(attempts: int) -> datetime.timedelta:
    pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return pause * random.uniform(1, 1 + _JITTER)  # noqa: S311 -- spreads load, hides nothing


def deliver_due(*, seconds: float = math.inf) -> int:
    """Send due e-mails, the most urgent first, over one connection, until none is due; return how many were accepted.

    Take the number of seconds after which the rest is left to the next run. If the mail server is unavailable, every
    due e-mail is deferred without being tried.
    """
    stop_at = time.monotonic() + seconds
    accepted = 0
    with MailConnection() as connection:
        while time.monotonic() < stop_at and (messages := lease_emails(most=_BATCH)):
            with connection.limited_to(_SENDING_SECONDS):
                accepted += _deliver(messages, connection)
        if connection.is_welcome:
            release_held()
        if refusal := connection.sender_refusal:
            raise_bounce_alarm(trouble=BounceTrouble.RETURN_PATH, reason=describe_reply(refusal), words=refusal.words)
        elif connection.is_own_sender_accepted:
            end_bounce_alarm(trouble=BounceTrouble.RETURN_PATH)
    return accepted


def _deliver(messages: list[LeasedEmail], connection: MailConnection) -> int:
    """Send a batch, or as much of a slow one as time allows; return how many e-mails were accepted."""
    look_again_at = time.monotonic() + _BATCH_SECONDS
    acceptances = AcceptedBatch()
    accepted = 0
    try:
        for index, message in enumerate(messages):
            if index and time.monotonic() >= look_again_at:
                release_emails(messages[index:])
                break
            if message.is_lapsed:
                record_lapsed(message)
                continue
            try:
                reply = _send(message, connection)
            except MailServerUnavailableError as unavailable:
                _put_off(messages[index:], unavailable)
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


def _send(message: LeasedEmail, connection: MailConnection) -> Reply:
    recipient = mailbox_in_ascii(message.email)
    if recipient is None:
        return UNSENDABLE_EMAIL
    try:
        content = decrypt(message.content or b"", context=content_context(message.id))
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        return UNDECRYPTABLE_CONTENT
    path = return_path_of(row_id=message.id, email=message.email)
    return connection.send(path=path, recipient=recipient, content=content.encode("ascii"))


def _reply_of(lost: ConnectionLostError) -> Reply:
    if lost.code is None:
        return Reply(None, lost.reason)
    return Reply(lost.code, lost.reason.removeprefix(str(lost.code)).strip())


def _record_refusal(message: LeasedEmail, reply: Reply) -> None:
    record_failure(message, reply)
    if reply.cause is Cause.BOARD:
        report_outage(trouble=Trouble.POLICY, reason=describe_reply(reply), words=reply.words)


def _put_off(messages: list[LeasedEmail], unavailable: MailServerUnavailableError) -> None:
    logger.warning("The mail server is unavailable (%s); %d e-mails wait", unavailable.reason, len(messages))
    with transaction.atomic():
        for message in messages:
            record_failure(message, Reply(None, unavailable.reason, Cause.BOARD))
    report_outage(trouble=Trouble(unavailable.trouble), reason=unavailable.reason, words=unavailable.words)

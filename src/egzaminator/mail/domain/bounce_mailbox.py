"""Reading the mailbox that e-mails come back to, by IMAP.

Of each message only the beginning is fetched, so its size does not matter. A message is moved only after what it says
was recorded: whatever is interrupted is read again, which changes nothing.
"""

import contextlib
import datetime
import logging
import socket
import ssl
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import timezone
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from egzaminator.audit.retention_rules import BOUNCE_REPORTS, EMAILS
from egzaminator.mail.domain.bounce_alarms import end_bounce_alarm, raise_bounce_alarm
from egzaminator.mail.domain.reports import MOST_BYTES
from egzaminator.mail.enums import BounceTrouble, ReportOutcome
from egzaminator.mail.models import BounceMailbox
from egzaminator.runtime.environment import ImapMailbox

logger = logging.getLogger(__name__)

READ: Final = "odczytane"
NOT_UNDERSTOOD: Final = "niezrozumiane"
_MOST_AT_ONCE: Final = 500
# Seconds, less than a minute: the next run reads on.
_STOP_AFTER: Final = 40
_TIMEOUT: Final = SocketTimeout(connect=10, read=30)
_BODY: Final = f"BODY.PEEK[]<0.{MOST_BYTES}>"


@dataclass(frozen=True, slots=True)
class Reading:
    """How many messages of the bounce mailbox were read, and how many old ones deleted."""

    read: int = 0
    deleted: int = 0


def read_mailbox(take: Callable[[bytes], ReportOutcome]) -> Reading:
    """Read what waits in the bounce mailbox.

    `take` records what a message says and returns what it was. What was read is moved to a folder, from which it is
    deleted after 30 days; what is not understood to another, where a person looks at it, and which is deleted when
    e-mails are. If the mailbox cannot be read, an alarm is raised; without a mailbox in the settings nothing is done.
    """
    mailbox: ImapMailbox | None = settings.BOUNCE_MAILBOX
    if mailbox is None:
        return Reading()
    try:
        with _session(mailbox) as imap:
            count = _read(imap, mailbox.folder, take)
            deleted = _delete_old(imap, READ, BOUNCE_REPORTS.period)
            deleted += _delete_old(imap, NOT_UNDERSTOOD, EMAILS.period)
            waiting = imap.folder_status(_full_name(imap, NOT_UNDERSTOOD), ["MESSAGES"])[b"MESSAGES"]
    except (IMAPClientError, OSError, ValueError) as error:  # ValueError: an answer that is no IMAP
        reason = _describe(error)
        logger.warning("The bounce mailbox cannot be read (%s)", reason)
        raise_bounce_alarm(trouble=BounceTrouble.MAILBOX, reason=reason)
        return Reading()
    now = {"read_at": timezone.now(), "not_understood": waiting}
    BounceMailbox.objects.update_or_create(pk=BounceMailbox.ONLY, defaults=now)
    end_bounce_alarm(trouble=BounceTrouble.MAILBOX)
    return Reading(count, deleted)


@contextlib.contextmanager
def _session(mailbox: ImapMailbox) -> Generator[IMAPClient]:
    """Log in, with certificate and host name checked, and see to it that both folders exist."""
    imap = IMAPClient(mailbox.host, mailbox.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT)
    try:
        imap.login(mailbox.user, mailbox.password)
        for folder in (READ, NOT_UNDERSTOOD):
            name = _full_name(imap, folder)
            if not imap.folder_exists(name):
                imap.create_folder(name)
        yield imap
    finally:
        with contextlib.suppress(IMAPClientError, OSError):
            imap.logout()


def _full_name(imap: IMAPClient, folder: str) -> str:
    """Return a folder's name with what some servers want before the names of one's own folders ("INBOX.")."""
    if not imap.has_capability("NAMESPACE"):
        return folder
    personal = imap.namespace().personal
    return f"{personal[0][0]}{folder}" if personal else folder


def _read(imap: IMAPClient, folder: str, take: Callable[[bytes], ReportOutcome]) -> int:
    imap.select_folder(folder)
    stop_at = time.monotonic() + _STOP_AFTER
    count = 0
    for uid in imap.search(["NOT", "DELETED"])[:_MOST_AT_ONCE]:
        if time.monotonic() >= stop_at:
            break
        fetched = imap.fetch([uid], [_BODY]).get(uid)
        if fetched is None:  # somebody else has moved it
            continue
        raw = next((value for key, value in fetched.items() if key.startswith(b"BODY[]")), b"") or b""
        outcome = take(raw)
        logger.info("A message in the bounce mailbox is read (%s)", outcome.value)
        _move(imap, uid, NOT_UNDERSTOOD if outcome is ReportOutcome.NOT_UNDERSTOOD else READ)
        count += 1
    return count


def _move(imap: IMAPClient, uid: int, folder: str) -> None:
    target = _full_name(imap, folder)
    if imap.has_capability("MOVE"):
        imap.move([uid], target)
        return
    imap.copy([uid], target)
    _delete(imap, [uid])


def _delete_old(imap: IMAPClient, folder: str, period: datetime.timedelta) -> int:
    """Delete what came to the mailbox before the period, a date that IMAP keeps for what is moved; return how many."""
    imap.select_folder(_full_name(imap, folder))
    if uids := imap.search(["BEFORE", timezone.localdate() - period]):
        _delete(imap, uids)
    return len(uids)


def _delete(imap: IMAPClient, uids: list[int]) -> None:
    imap.delete_messages(uids)
    # Without UIDPLUS also what others have marked as deleted goes, which is what they asked for.
    imap.expunge(uids if imap.has_capability("UIDPLUS") else None)


def _describe(error: Exception) -> str:
    """Return what went wrong without the server's words, which may repeat a user name."""
    if isinstance(error, LoginError):
        return "the log-in is refused"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return "the host is unknown"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__

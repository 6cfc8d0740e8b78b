"""Reading a report about an e-mail that came back: what it says, of which address, and for which of our tokens.

A report comes from anybody who knows an address of ours, so nothing in it is trusted: `bounces.py` decides what it may
change. Reports by the standard (RFC 3464) are read by the standard library, all others by flufl.bounce.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import compat32
from typing import Final, cast

from flufl.bounce import all_failures

from egzaminator.mail.domain.refusals import Stage, find_cause
from egzaminator.mail.domain.render import mailbox_in_ascii
from egzaminator.mail.domain.replies import Reply, clean, decode, enhanced_status
from egzaminator.mail.domain.return_path import tokens_in
from egzaminator.mail.enums import BounceKind, Cause

logger = logging.getLogger(__name__)
# flufl.bounce logs what it tries, and with an error the message that it cannot read.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

MOST_BYTES: Final = 256 * 1024
"""How much of a message is read. What a report has to say stands at its beginning."""
# Parsers need up to the square of the number of lines, or of a header's length: minutes for 256 KB of line ends or
# semicolons, in which no other job of the worker goes on. A line has at most 998 bytes (RFC 5322, section 2.1.1).
_MOST_LINES: Final = 5_000
_MOST_OF_LINE: Final = 1_000
_MOST_OF_HEADER: Final = 16 * 1024
# Takes headers as they are: the usual policy raises errors for what servers write.
_POLICY: Final = compat32.clone(message_factory=EmailMessage)
_MOST_TOKENS: Final = 5
_MOST_RECIPIENTS: Final = 50
_MOST_TEXT: Final = 20_000
# Headers in which servers write the address that a message was delivered to.
_ADDRESSED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
_SEVERAL: Final = re.compile(r"[\w.+-]{1,80}", re.ASCII)
_MAILER: Final = re.compile(r"mailer-?daemon|postmaster|mail delivery|microsoft\s?exchange", re.IGNORECASE)
_STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE: Final = re.compile(r"(?<![\d.-])([45]\d\d)(?=[ -]|$)")
# A full mailbox may have room tomorrow, and a server that gave up after days may be back: with whatever class they are
# reported (RFC 3463, sections 3.3 and 3.5).
_PASSING: Final = frozenset(((2, 2), (4, 7)))
_DELIVERED: Final = frozenset(("delivered", "relayed", "expanded"))
_FOR_GOOD: Final = 5
_STATUS_TYPES: Final = frozenset(("message/delivery-status", "message/global-delivery-status"))


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one address."""

    email: str
    """The address, in lower case."""
    kind: BounceKind | None
    """None: the e-mail was delivered."""
    reply: Reply


@dataclass(frozen=True, slots=True)
class Report:
    """What a message in the bounce mailbox says."""

    tokens: list[str]
    """Whatever in it has the form of a token."""
    failures: list[Failure]
    is_automatic: bool
    """Whether a mail program sent it by itself, without its being a report."""


def read_report(raw: bytes) -> Report:
    """Return what a message says. Whatever is wrong with it, it then says less; no error is raised.

    Only the first `MOST_BYTES` are looked at, and of them no more than is read at once.
    """
    try:
        message = cast("EmailMessage", message_from_bytes(_bounded(raw), policy=_POLICY))
        tokens, standard = _tokens_of(message), list(_standard_failures(message))
        failures = standard or _other_failures(message)
        return Report(tokens=tokens, failures=failures, is_automatic=_is_automatic(message))
    except Exception as error:  # noqa: BLE001 -- anybody can write such a message, and the next ones must be read
        logger.warning("A message in the bounce mailbox cannot be read (%s)", type(error).__name__)
        return Report(tokens=[], failures=[], is_automatic=False)


def _bounded(raw: bytes) -> bytes:
    """Return the beginning of a message, without the rest of long lines, and without lines that unfold a long header.

    A text in the body that is indented throughout is cut, too: reports have none that long.
    """
    kept: list[bytes] = []
    size = 0
    for line in raw[:MOST_BYTES].splitlines()[:_MOST_LINES]:
        short = line[:_MOST_OF_LINE]
        size = size + len(short) if line.startswith((b" ", b"\t")) else len(short)
        if size <= _MOST_OF_HEADER:
            kept.append(short)
    return b"\r\n".join(kept)


def _tokens_of(message: EmailMessage) -> list[str]:
    texts = [_text(value) for name in _ADDRESSED for value in message.get_all(name, [])[:_MOST_RECIPIENTS]]
    texts += [_text(block["Original-Envelope-Id"]) for block in _status_blocks(message)]
    found = dict.fromkeys(token for text in texts for token in tokens_in(text))
    return list(found)[:_MOST_TOKENS]


def _standard_failures(message: EmailMessage) -> Iterator[Failure]:
    for block in _status_blocks(message):
        action = _text(block["Action"]).partition("(")[0].strip().lower()
        if not action:
            continue
        status = _STATUS.search(_text(block["Status"]))
        words = clean(_text(block["Diagnostic-Code"]).partition(";")[2] or _text(block["Diagnostic-Code"]))
        reply = _reply_of(words, status.group() if status else "")
        for name in ("Final-Recipient", "Original-Recipient"):
            if email := _mailbox(_text(block[name]).rpartition(";")[2]):
                yield Failure(email, _kind_of(action, reply), reply)


def _status_blocks(message: EmailMessage) -> list[EmailMessage]:
    """Return the groups of fields of a delivery status (RFC 3464, section 2.1), which is one part of the report.

    The parts of the e-mail that came back are not looked at: it may itself be a report.
    """
    parts = message.get_payload()
    if message.get_content_type() != "multipart/report" or not isinstance(parts, list):
        return []
    for part in parts[:_MOST_RECIPIENTS]:
        if isinstance(part, EmailMessage) and part.get_content_type() in _STATUS_TYPES:
            blocks = part.get_payload()
            return [one for one in blocks if isinstance(one, EmailMessage)][: _MOST_RECIPIENTS + 1]
    return []


def _kind_of(action: str, reply: Reply) -> BounceKind | None:
    if action in _DELIVERED:
        return None
    if action == "delayed":
        return BounceKind.DELAYED
    if reply.cause is Cause.PASSING:
        return BounceKind.TEMPORARY
    return BounceKind.PERMANENT if reply.cause is Cause.ADDRESS else BounceKind.OTHER


def _reply_of(words: str, status: str) -> Reply:
    """Return a server's reply as a report quotes it: the code, and words that begin with the enhanced status code."""
    found = _CODE.search(words)
    own = _STATUS.search(words)
    status = status if not own or (status and not status.endswith(".0.0")) else own.group()
    is_for_good = (status or (found.group() if found else "5")).startswith(str(_FOR_GOOD))
    code = int(found.group()) if found else None
    text = words[found.end() :].lstrip(" -") if found and found.start() == 0 else words
    text = text if not status or text.startswith(status) else f"{status} {text}"
    # A server that tried in vain for days says so with the last, temporary reply that it got.
    asked = 450 if not is_for_good else code if code and code // 100 == _FOR_GOOD else 550
    cause = find_cause(code=asked, text=text, stage=Stage.RECIPIENT)
    if enhanced_status(status) in _PASSING:
        cause = Cause.PASSING
    return Reply(code, clean(text), cause)


def _other_failures(message: EmailMessage) -> list[Failure]:
    """Return what flufl.bounce finds in a message of a mail server. What it calls temporary is a delay."""
    if not _is_from_mailer(message):
        return []
    delayed, failed = all_failures(message)
    return [
        *(_other_failure(message, mailbox, is_delayed=False) for mailbox in sorted(failed)[:_MOST_RECIPIENTS]),
        *(_other_failure(message, mailbox, is_delayed=True) for mailbox in sorted(delayed)[:_MOST_RECIPIENTS]),
    ]


def _other_failure(message: EmailMessage, mailbox: bytes | str, *, is_delayed: bool) -> Failure:
    email = _mailbox(mailbox.decode("ascii", "replace") if isinstance(mailbox, bytes) else mailbox)
    words = _words_about(email, message)
    reply = _reply_of(words, "")
    return Failure(email, _kind_of("delayed" if is_delayed else "failed", reply), reply)


def _words_about(email: str, message: EmailMessage) -> str:
    """Return what the text of a report says of an address, from the first reply code on if there is one.

    That is the paragraph behind the address. Further on, reports quote the e-mail, whose words are our own.
    """
    text = next(_texts(message), "")[:_MOST_TEXT].replace("\r\n", "\n")
    behind = text[text.lower().find(email) + len(email) :] if email in text.lower() else text
    behind = clean(behind.lstrip(">:\n\t ").partition("\n\n")[0])
    found = _CODE.search(behind) or _STATUS.search(behind)
    return behind[found.start() :] if found else behind


def _texts(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield decode(payload)


def _is_from_mailer(message: EmailMessage) -> bool:
    """Return whether a mail server sent a message: with the empty return path, or else in its own name."""
    paths = [_text(path).strip() for path in message.get_all("Return-Path", [])[:1]]
    return paths == ["<>"] or bool(_MAILER.search(_text(message["From"])) or message["X-Failed-Recipients"])


def _is_automatic(message: EmailMessage) -> bool:
    """Return whether a mail program answered by itself (RFC 3834, section 5), or it is a receipt or a loop."""
    automatic = _text(message["Auto-Submitted"]).strip().lower()
    return (
        automatic.startswith("auto-")
        or any(message[name] is not None for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or _text(message["Precedence"]).strip().lower() in {"auto_reply", "bulk", "junk", "list"}
        or str(message.get_param("report-type", "")).lower() == "disposition-notification"
    )


def _mailbox(text: str) -> str:
    """Return an address in ASCII and lower case; "" if there is none."""
    return (mailbox_in_ascii(text.strip().strip("<>").strip()) or "").lower()


def _text(value: str | Header | None) -> str:
    """Return a header's text without what no header has: the parser lets everything through."""
    return "" if value is None else str(value).replace("\0", "")

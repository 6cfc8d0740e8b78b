"""Classify a mail server's refusal: the trouble is the recipient's, the e-mail's, or the board's.

Servers say it by the command that they refuse, by status codes (RFC 3463 and its registry at IANA), and in words. Many
use the codes loosely, and the standard phrases of their software. Where these contradict each other, what points to the
board wins: an e-mail that waits in vain is found by the alarm, one that was thrown away is lost.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.mail.domain.replies import Reply, clean, decode, enhanced_status, without_emails
from egzaminator.mail.enums import Cause


class Stage(Enum):
    """The SMTP command that a server refused."""

    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Greylisting: always a temporary delay, whatever else the reply says.
_GREYLISTED: Final = _any_of(r"gr[ae]y-?\s?list")
# Groups and mailboxes that accept e-mail only from their own organisation.
_RESTRICTED: Final = _any_of(
    r"resolver\.(?:rst|adr)", r"recipient not authorized", r"only accepts? (?:e-?mail|messages)"
)
# The sender address, relaying, and the identity of our host: such words are about us and nobody else.
_SENDER: Final = (
    r"sender(?:'s)? (?:address|domain|host|mailbox|verif|id)",
    r"sender(?:'s)? (?:rejected|denied|refused|blocked|not|is not|unknown|invalid)",
    r"(?:invalid|unknown|bad|unverified|unauthori[sz]ed|forged|reject(?:ed)?|blocked) (?:mail )?sender",
    r"envelope[- ](?:sender|from)|return[- ]path|mail from (?:command|address|domain)|from address|send as|nadawc",
)
_OF_SENDER: Final = _any_of(*_SENDER)
_OF_US: Final = _any_of(
    *_SENDER,
    r"rcpthosts|unable to relay|relayhost|we do(?: not|n't) relay",
    r"relay(?:ing)?(?: access| mail| e-?mail)?[ :,]+(?:is |was )?"
    r"(?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|rejected|refused|disabled)",
    r"(?:not|cannot|can't|denied|permitted|allowed|refus\w+|prohibited) (?:to |for )?relay",
    r"client (?:host|was not authenticated|does not have permission)|\b(?:helo|ehlo)\b",
    r"reverse (?:dns|hostname|lookup)|\brdns\b|\bptr record|no ptr\b",
    r"auth(?:entication)? (?:is )?required|not authenticated|must (?:be )?authenticat|please (?:authenticate|log ?in)",
    r"smtp auth|before smtp|not logged in|uwierzytelni|zaloguj|autoryzac",
)
# Why servers distrust senders. Weaker evidence: such words also stand in names and in advice.
_REPUTATION: Final = _any_of(
    r"(?<![.\w-])(?:spf|dkim|dmarc)(?![\w-]|\.\w)|unauthenticated",
    r"spamhaus|spamcop|barracuda|sorbs|invaluement|\b(?:rbl|dnsbl|cbl|pbl|sbl|xbl)\b",
    r"(?:black|block|deny)[- ]?list|czarn\w+ li|blocked using|listed (?:at|by|in|on) |reputation|\bbanned\b",
    r"connections will not be accepted|your (?:ip|host|server|domain|network)\b",
    r"(?:rate|sending|daily|hourly|messages?|mail|submission)[- ](?:rate )?(?:limit|quota)|rate[- ]limited|throttl",
    r"too (?:many|much) (?:e-?mails?|messages|connections|mail)\b|przekrocz\w+ limit|limit wiadomo",
)
_NO_SUCH_MAILBOX: Final = _any_of(
    r"no such (?:user|mailbox|recipient|person|address|account|e-?mail|local)",
    r"no mailbox here|not a valid (?:user|mailbox)|could not be found|not our customer|user unknown",
    r"(?:unknown|invalid|nonexistent|non-existent|unrouteable|undeliverable) (?:\w+ )?"
    r"(?:user|recipient|mailbox|address|account|alias|local[- ]part)",
    r"(?:user|recipient|mailbox|address|account|alias)(?: \S+)? (?:is |was )?"
    r"(?:unknown|not (?:found|known|exist|here|available)|unavailable|invalid|(?:does|do)(?: not|n't) exist)",
    r"isn't an? .{0,30}(?:account|user)|doesn't have an? .{0,40}account",
    r"brak (?:takie|użytkownik|skrzynk|konta)|nie (?:ma takie|istnieje|znaleziono)|nieznany (?:adresat|użytkownik)",
)
_OTHER_OF_MAILBOX: Final = _any_of(
    r"(?:mailbox|account|user|recipient|konto|skrzynka)\b.{0,40}"
    r"(?:disabled|inactive|suspended|deactivated|blocked|full|over quota|zablokowan|nieaktywn|przepe[łl]nion|pe[łl]na)",
    r"over ?quota|quota exceeded|out of storage|przepe[łl]nion",
    r"recipient address rejected|access denied\. as\(",
)
_FORBIDDEN: Final = _any_of(
    r"polic(?:y|ies)|prohibit|not permitted|not allowed|not authori[sz]ed|access denied|refused|reject"
)

# RFC 3463: x.1.7 and x.1.8 bad sender, x.3.* the server itself, x.7.3 to x.7.7 security. IANA: x.7.8 and x.7.9 log-in,
# x.7.20 to x.7.30 DKIM, SPF, reverse DNS, null MX of the sender, flood. Microsoft: x.7.5xx and x.7.7xx, about senders.
_OF_POLICY_OF_US: Final = (*range(3, 10), *range(20, 31), 57, 60, 64, *range(501, 520), *range(700, 751))
_STATUSES_OF_US: Final = frozenset(
    [(1, 7), (1, 8), (3, 1), (3, 2), (3, 3), (3, 5), (4, 7), (5, 1)] + [(7, detail) for detail in _OF_POLICY_OF_US]
)
_STATUSES_OF_MAILBOX: Final = frozenset(
    [(1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 9), (1, 10), (4, 1), (4, 4), (4, 310), (4, 312)]
    + [(5, 0), (5, 2), (6, 7)]
    + [(2, detail) for detail in range(5)]
    + [(7, detail) for detail in (2, 13, 17, 18, *range(120, 145))]
)
# Replies of a server that demands something of us before anything else, namely encryption or a log-in (RFC 4954,
# section 6; RFC 3207, section 4), or that does not understand our commands (RFC 5321, section 4.2.1).
NOT_LET_IN: Final = frozenset((530, 534, 535, 538))
_STATUSES_OF_SENDER: Final = frozenset([(1, 7), (1, 8)])
# First digits of the codes of acceptance, temporary and permanent failure, RFC 5321, section 4.2.1.
_YES: Final = 2
_LATER: Final = 4
_FOR_GOOD: Final = 5
_PROTOCOL: Final = frozenset((500, 502, 503, 504, 521))
_MAILBOX_BY_CODE: Final = frozenset((501, 550, 551, 552, 553, 555, 556))


def read_reply(code: int, text: bytes, *, stage: Stage) -> Reply:
    """Return a server's reply with its text cleaned and its cause determined.

    Args:
        code: three digits.
        text: the lines of the reply, as smtplib joins them.
        stage: the command that the server replied to; `CONTENT` is both the command DATA and the end of the content.
    """
    words = clean(decode(text))
    if code // 100 == _YES:
        return Reply(code, words)
    return Reply(code, words, find_cause(code=code, text=words, stage=stage))


def find_cause(*, code: int, text: str, stage: Stage) -> Cause:
    """Return whose trouble a reply is about, by its code, its cleaned text and the command it replies to."""
    # E-mail addresses are removed, or a recipient could steer the result by the name of their mailbox.
    words = without_emails(text)
    is_passing = code // 100 == _LATER
    if stage is Stage.SENDER or code in NOT_LET_IN:
        cause = Cause.BOARD
    elif is_passing and _GREYLISTED.search(words):
        cause = Cause.PASSING
    elif _RESTRICTED.search(words):
        cause = Cause.ADDRESS
    elif _OF_US.search(words):
        cause = Cause.BOARD
    else:
        cause = _by_status(words) or _by_words(code, words, stage)
    return cause if cause is Cause.BOARD or not is_passing else Cause.PASSING


def is_sender_refused(code: int, text: bytes, *, stage: Stage) -> bool:
    """Return whether a server refuses the sender for good, and another sender may be accepted."""
    if code // 100 != _FOR_GOOD or code in NOT_LET_IN:
        return False
    if stage is Stage.SENDER:
        return True
    words = without_emails(clean(decode(text)))
    return enhanced_status(words) in _STATUSES_OF_SENDER or bool(_OF_SENDER.search(words))


def says_no_such_mailbox(text: str) -> bool:
    """Return whether a server's text says that the mailbox does not exist."""
    return bool(_NO_SUCH_MAILBOX.search(without_emails(text)))


def _by_status(words: str) -> Cause | None:
    status = enhanced_status(words)
    if status in _STATUSES_OF_US:
        return Cause.BOARD
    return Cause.ADDRESS if status in _STATUSES_OF_MAILBOX else None


def _by_words(code: int, words: str, stage: Stage) -> Cause:
    if _REPUTATION.search(words):
        return Cause.BOARD
    if _NO_SUCH_MAILBOX.search(words) or _OTHER_OF_MAILBOX.search(words):
        return Cause.ADDRESS
    if code // 100 == _LATER:
        return Cause.PASSING
    if stage is Stage.CONTENT:
        return Cause.CONTENT
    if code in _PROTOCOL or _FORBIDDEN.search(words) or code not in _MAILBOX_BY_CODE:
        return Cause.BOARD
    status = enhanced_status(words)
    return Cause.BOARD if status and status[0] == 7 else Cause.ADDRESS  # noqa: PLR2004 -- RFC 3463, section 3.8: policy


_UNKNOWN_MAILBOX: Final = _("There is no such mailbox. Check the address: there may be a typing error in it.")
_UNKNOWN_DOMAIN: Final = _(
    "The part of the address after @ was not found. Check the address: there may be a typing error in it."
)
_BAD_EMAIL: Final = _(
    "E-mail cannot be sent to this address: it has letters or signs that mail servers do not take. "
    "Give another address."
)
_DISABLED: Final = _("This mailbox does not take e-mails: it has been switched off. Give another address.")
_FULL: Final = _("The mailbox is full. Make room in it, or give another address.")
_POLICY: Final = _(
    "The mail server would not take the e-mail: it took it for unwanted mail, or its rules forbid it. "
    "The address may be right. Give another address, or call us."
)
_TOO_MUCH: Final = _("The mail server would not take the e-mail in this form. Give another address, or call us.")
_UNREADABLE: Final = _("The e-mail could not be made ready on our side. Have it sent again, or call us.")
_BOARD: Final = _(
    "The mail server that the board sends its e-mails through does not pass them on at present. This is not your "
    "fault, and the address may be right. The board sees that e-mails wait; yours will be sent as soon as they go out "
    "again."
)
_LAPSED: Final = _(
    "The link in this e-mail would not work any more, so we no longer send it. Have the e-mail sent again: it will "
    "carry a new link."
)
_OTHER: Final = _("The mail server would not take the e-mail. Check the address, give another one, or call us.")
_UNREACHABLE: Final = _("The mail server did not answer. This is not your fault, and the address may be right.")
_SAYS_LATER: Final = _(
    "The mail server asks us to come later. Many servers do so with the first e-mail from somebody, to keep unwanted "
    "mail away."
)

# By subject and detail of the enhanced status code (RFC 3463 and its registry at IANA), whatever its class.
_BY_STATUS: Final[Mapping[tuple[int, int], Promise]] = {
    (1, 1): _UNKNOWN_MAILBOX,
    (1, 2): _UNKNOWN_DOMAIN,
    (1, 3): _BAD_EMAIL,
    (1, 6): _UNKNOWN_MAILBOX,
    (1, 10): _UNKNOWN_DOMAIN,
    (2, 1): _DISABLED,
    (2, 2): _FULL,
    (4, 4): _UNKNOWN_DOMAIN,
    (6, 0): _UNREADABLE,
    (6, 7): _BAD_EMAIL,
}
_POLICY_SUBJECT: Final = 7
_CONTENT_SUBJECTS: Final = frozenset((3, 6))
# Without an enhanced status code: what servers commonly mean by the reply code (RFC 5321, section 4.2.3).
_BY_CODE: Final[Mapping[int, Promise]] = {
    551: _UNKNOWN_MAILBOX,
    552: _FULL,
    553: _BAD_EMAIL,
}
_PASSING_STATUSES: Final = frozenset(((1, 2), (2, 2), (4, 4)))


def explain_reply(reply: Reply) -> Promise:
    """Return what a server's refusal means and what the recipient can do, in plain words.

    Take the reply to an e-mail that was not accepted. The result is lazy: it is translated into the reader's language.
    """
    if reply.cause is Cause.BOARD:
        return _BOARD
    if reply.cause is Cause.LAPSED:
        return _LAPSED
    if reply.code is None:
        return _UNREACHABLE
    by_status = _BY_STATUS.get(reply.enhanced) if reply.enhanced else None
    if reply.cause is Cause.PASSING:
        # For a temporary failure, only these status codes say more than "later".
        return by_status if by_status and reply.enhanced in _PASSING_STATUSES else _SAYS_LATER
    return by_status or _explain_refusal(reply)


def _explain_refusal(reply: Reply) -> Promise:
    if reply.cause is Cause.ADDRESS and says_no_such_mailbox(reply.text):
        return _UNKNOWN_MAILBOX
    if reply.enhanced is None:
        return _POLICY if reply.cause is Cause.CONTENT else _BY_CODE.get(reply.code or 0, _OTHER)
    subject, _detail = reply.enhanced
    if subject == _POLICY_SUBJECT:
        return _POLICY
    return _TOO_MUCH if subject in _CONTENT_SUBJECTS else _OTHER

"""Whose trouble a mail server's refusal is: the addressee's, the message's, or the board's.

Servers say it by the command that they refuse, by status codes (RFC 3463 and its registry at IANA), and in words; many
use the codes loosely and the words of their program. Where they contradict each other, what speaks of us wins: an
e-mail that waits in vain is found by the alarm, one that was thrown away is lost.
"""

import re
from enum import Enum
from typing import Final

from egzaminator.post.domain.reply import Reply, clean, decode, enhanced_status, without_emails
from egzaminator.post.enums import Cause


class Stage(Enum):
    """What a server was asked to take when it refused."""

    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Only a passing pause, whatever else is said.
_GREYLISTED: Final = _any_of(r"gr[ae]y-?\s?list")
# Groups and mailboxes that hear from their own organisation alone.
_RESTRICTED: Final = _any_of(
    r"resolver\.(?:rst|adr)", r"recipient not authorized", r"only accepts? (?:e-?mail|messages)"
)
# The sender, the way through the relay, and who we are: these say it of nobody else.
_OF_US: Final = _any_of(
    r"sender(?:'s)? (?:address|domain|host|mailbox|verif|id)",
    r"sender(?:'s)? (?:rejected|denied|refused|blocked|not|is not|unknown|invalid)",
    r"(?:invalid|unknown|bad|unverified|unauthori[sz]ed|forged|reject(?:ed)?|blocked) (?:mail )?sender",
    r"envelope[- ](?:sender|from)|return[- ]path|mail from (?:command|address|domain)|from address|send as|nadawc",
    r"rcpthosts|unable to relay|relayhost|we do(?: not|n't) relay",
    r"relay(?:ing)?(?: access| mail| e-?mail)?[ :,]+(?:is |was )?"
    r"(?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|rejected|refused|disabled)",
    r"(?:not|cannot|can't|denied|permitted|allowed|refus\w+|prohibited) (?:to |for )?relay",
    r"client (?:host|was not authenticated|does not have permission)|\b(?:helo|ehlo)\b",
    r"reverse (?:dns|hostname|lookup)|\brdns\b|\bptr record|no ptr\b",
    r"auth(?:entication)? (?:is )?required|not authenticated|must (?:be )?authenticat|please (?:authenticate|log ?in)",
    r"smtp auth|before smtp|not logged in|uwierzytelni|zaloguj|autoryzac",
)
# Why servers do not trust senders. Weaker: such words also stand in names and advice.
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
_OTHER_OF_ADDRESS: Final = _any_of(
    r"(?:mailbox|account|user|recipient|konto|skrzynka)\b.{0,40}"
    r"(?:disabled|inactive|suspended|deactivated|blocked|full|over quota|zablokowan|nieaktywn|przepe[łl]nion|pe[łl]na)",
    r"over ?quota|quota exceeded|out of storage|przepe[łl]nion",
    r"recipient address rejected|access denied\. as\(",
)
_FORBIDDEN: Final = _any_of(
    r"polic(?:y|ies)|prohibit|not permitted|not allowed|not authori[sz]ed|access denied|refused|reject"
)

# RFC 3463: 1.7 and 1.8 bad sender, 3.x the server itself, 7.3 to 7.7 security; IANA: 7.8, 7.9 log-in, 7.20 to 7.30
# DKIM, SPF, reverse DNS, null MX of the sender, flood; 7.5xx and 7.7xx Microsoft's about senders.
_OF_POLICY_OF_US: Final = (*range(3, 10), *range(20, 31), 57, 60, 64, *range(501, 520), *range(700, 751))
_STATUSES_OF_US: Final = frozenset(
    [(1, 7), (1, 8), (3, 1), (3, 2), (3, 3), (3, 5), (4, 7), (5, 1)] + [(7, detail) for detail in _OF_POLICY_OF_US]
)
_STATUSES_OF_ADDRESS: Final = frozenset(
    [(1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 9), (1, 10), (4, 1), (4, 4), (4, 310), (4, 312)]
    + [(5, 0), (5, 2), (6, 7)]
    + [(2, detail) for detail in range(5)]
    + [(7, detail) for detail in (2, 13, 17, 18, *range(120, 145))]
)
# What a server answers who wants something of us before anything else: encryption or a log-in (RFC 4954, section 6; RFC
# 3207, section 4), or does not speak as we do (RFC 5321, section 4.2.1).
NOT_LET_IN: Final = frozenset((530, 534, 535, 538))
_LATER: Final = 4  # the class of codes, RFC 5321, section 4.2.1
_PROTOCOL: Final = frozenset((500, 502, 503, 504, 521))
_ADDRESS_BY_CODE: Final = frozenset((501, 550, 551, 552, 553, 555, 556))


def read_reply(code: int, text: bytes, *, stage: Stage) -> Reply:
    """Return a server's answer in clean words, with whose trouble it is.

    Args:
        code: three digits.
        text: what smtplib joined of the lines.
        stage: what the server answered to; of the content's stage are the command before it and its end.
    """
    words = clean(decode(text))
    return Reply(code, words, find_cause(code=code, text=words, stage=stage))


def find_cause(*, code: int, text: str, stage: Stage) -> Cause:
    """Tell whose trouble an answer is, by its code, its cleaned words and what it answers to."""
    # An addressee must not steer this by the name of their mailbox.
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


def says_no_such_mailbox(text: str) -> bool:
    """Tell whether a server's words say that the mailbox does not exist."""
    return bool(_NO_SUCH_MAILBOX.search(without_emails(text)))


def _by_status(words: str) -> Cause | None:
    status = enhanced_status(words)
    if status in _STATUSES_OF_US:
        return Cause.BOARD
    return Cause.ADDRESS if status in _STATUSES_OF_ADDRESS else None


def _by_words(code: int, words: str, stage: Stage) -> Cause:
    if _REPUTATION.search(words):
        return Cause.BOARD
    if _NO_SUCH_MAILBOX.search(words) or _OTHER_OF_ADDRESS.search(words):
        return Cause.ADDRESS
    if code // 100 == _LATER:
        return Cause.PASSING
    if stage is Stage.CONTENT:
        return Cause.CONTENT
    if code in _PROTOCOL or _FORBIDDEN.search(words) or code not in _ADDRESS_BY_CODE:
        return Cause.BOARD
    status = enhanced_status(words)
    return Cause.BOARD if status and status[0] == 7 else Cause.ADDRESS  # noqa: PLR2004 -- RFC 3463, section 3.8: policy

"""What a bounce means, in plain words for the person the e-mail was for and for staff."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.mail.domain.refusals import explain_reply, says_no_such_mailbox
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.enums import BounceKind, Cause
from egzaminator.mail.models import Bounce

_GIVEN_UP: Final = _(
    "The mail server of this mailbox did not take the e-mail for so long that it was given up. The address may be "
    "right. Have the e-mail sent again, or give another address."
)
_NOT_TAKEN: Final = _(
    "The mail server of this mailbox would not take the e-mail: it took it for unwanted mail, or its rules forbid it. "
    "The address may be right. Give another address, or call us."
)
_STILL_TRIED: Final = _(
    "The mail server of this mailbox has not taken the e-mail yet. It is tried again without you. The address may be "
    "right."
)
_NO_SUCH_MAILBOX: Final = _("there is no such mailbox")
_UNKNOWN_DOMAIN: Final = _("the part of the address after @ is not known")
_SWITCHED_OFF: Final = _("the mailbox is switched off")
_FULL: Final = _("the mailbox is full")
_UNTAKEN: Final = _("the mail server did not take it")
# By subject and detail of the enhanced status code (RFC 3463 and its registry at IANA).
_REASONS: Final = {
    (1, 1): _NO_SUCH_MAILBOX,
    (1, 2): _UNKNOWN_DOMAIN,
    (1, 6): _NO_SUCH_MAILBOX,
    (1, 10): _NO_SUCH_MAILBOX,
    (2, 1): _SWITCHED_OFF,
    (2, 2): _FULL,
}


def reply_of(bounce: Bounce) -> Reply:
    """Return the reply that a bounce quotes."""
    return Reply(bounce.reply_code, bounce.reply_text, Cause(bounce.cause))


def explain_bounce(bounce: Bounce) -> Promise:
    """Return what a bounce means and what the recipient can do, in a sentence for the reader."""
    reply = reply_of(bounce)
    match BounceKind(bounce.kind):
        case BounceKind.DELAYED:
            return _STILL_TRIED
        case BounceKind.OTHER:
            return _NOT_TAKEN
        case BounceKind.TEMPORARY if _reason_of(reply) is not _FULL:
            return _GIVEN_UP
        case _:
            # Some servers give the reason in their words alone.
            return explain_reply(Reply(reply.code or 550, reply.text, Cause.ADDRESS))


def name_bounce(bounce: Bounce) -> str:
    """Return in a few words that an e-mail came back and why, or that it is delayed."""
    kind = BounceKind(bounce.kind)
    if not kind.has_come_back:
        return str(kind.label)
    return gettext("came back: %(reason)s") % {"reason": _reason_of(reply_of(bounce))}


def _reason_of(reply: Reply) -> Promise:
    if reply.enhanced in _REASONS:
        return _REASONS[reply.enhanced]
    return _NO_SUCH_MAILBOX if says_no_such_mailbox(reply.text) else _UNTAKEN

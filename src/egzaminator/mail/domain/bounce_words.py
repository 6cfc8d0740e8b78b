"""What a bounce means, in plain words for the person the e-mail was for and for staff."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.mail.domain.reasons import MAILBOX_IS_FULL, reason_of
from egzaminator.mail.domain.refusals import explain_reply
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


def reply_of(bounce: Bounce) -> Reply:
    """Return the reply that a bounce quotes."""
    return Reply(bounce.reply_code, bounce.reply_text, Cause(bounce.cause))


def explain_bounce(bounce: Bounce) -> Promise:
    """Return what a bounce means and what the recipient can do, in a sentence for the reader."""
    match BounceKind(bounce.kind):
        case BounceKind.DELAYED:
            return _STILL_TRIED
        case BounceKind.OTHER:
            return _NOT_TAKEN
        case BounceKind.TEMPORARY if reason_of_bounce(bounce) is not MAILBOX_IS_FULL:
            return _GIVEN_UP
        case _:
            return explain_reply(_as_refusal(reply_of(bounce)))


def name_bounce(bounce: Bounce) -> str:
    """Return in a few words that an e-mail came back and why, or that it is delayed."""
    kind = BounceKind(bounce.kind)
    if not kind.has_come_back:
        return str(kind.label)
    return gettext("came back: %(reason)s") % {"reason": reason_of_bounce(bounce)}


def reason_of_bounce(bounce: Bounce) -> Promise:
    """Return why an e-mail came back, in a few words."""
    return reason_of(_as_refusal(reply_of(bounce)))


def _as_refusal(reply: Reply) -> Reply:
    """Return a reply in a report as one that refuses the mailbox for good: some servers say it in words alone."""
    return Reply(reply.code or 550, reply.text, Cause.ADDRESS)

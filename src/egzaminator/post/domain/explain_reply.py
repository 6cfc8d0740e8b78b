from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.post.domain.read_refusal import says_no_such_mailbox
from egzaminator.post.domain.reply import Reply
from egzaminator.post.enums import Cause

_UNKNOWN_MAILBOX: Final = _("There is no such mailbox. Check the address: there may be a typing error in it.")
_UNKNOWN_DOMAIN: Final = _(
    "The part of the address after @ was not found. Check the address: there may be a typing error in it."
)
_BAD_ADDRESS: Final = _(
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
_LATER: Final = _(
    "The mail server asks us to come later. Many servers do so with the first e-mail from somebody, to keep unwanted "
    "mail away."
)

# By subject and detail of the enhanced status code (RFC 3463 and its registry at IANA), whatever its class.
_BY_STATUS: Final[Mapping[tuple[int, int], Promise]] = {
    (1, 1): _UNKNOWN_MAILBOX,
    (1, 2): _UNKNOWN_DOMAIN,
    (1, 3): _BAD_ADDRESS,
    (1, 6): _UNKNOWN_MAILBOX,
    (1, 10): _UNKNOWN_DOMAIN,
    (2, 1): _DISABLED,
    (2, 2): _FULL,
    (4, 4): _UNKNOWN_DOMAIN,
    (6, 0): _UNREADABLE,
    (6, 7): _BAD_ADDRESS,
}
_POLICY_SUBJECT: Final = 7
_CONTENT_SUBJECTS: Final = frozenset((3, 6))
# Without an enhanced status code: what servers commonly mean by the reply code (RFC 5321, section 4.2.3).
_BY_CODE: Final[Mapping[int, Promise]] = {
    551: _UNKNOWN_MAILBOX,
    552: _FULL,
    553: _BAD_ADDRESS,
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
        return by_status if by_status and reply.enhanced in _PASSING_STATUSES else _LATER
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

"""Why an e-mail was not taken, in a few words, for whoever it was not for."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.mail.domain.refusals import says_no_such_mailbox
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.enums import Cause

_NO_SUCH_MAILBOX: Final = _("there is no such mailbox")
_UNKNOWN_DOMAIN: Final = _("the part of the address after @ is not known")
_SWITCHED_OFF: Final = _("the mailbox is switched off")
MAILBOX_IS_FULL: Final = _("the mailbox is full")
_BAD_EMAIL: Final = _("the address has letters or signs that mail servers do not take")
_UNWANTED: Final = _("the mail server took it for unwanted mail, or its rules forbid it")
_NOT_TAKEN: Final = _("the mail server did not take it")
_UNREACHABLE: Final = _("the mail server did not answer")
_LATER: Final = _("the mail server asks us to come later")
_BOARD: Final = _("the board’s mail server does not pass e-mails on at present")
_LAPSED: Final = _("the link in it would not work any more")
# By subject and detail of the enhanced status code (RFC 3463 and its registry at IANA).
_BY_STATUS: Final[Mapping[tuple[int, int], Promise]] = {
    (1, 1): _NO_SUCH_MAILBOX,
    (1, 2): _UNKNOWN_DOMAIN,
    (1, 3): _BAD_EMAIL,
    (1, 6): _NO_SUCH_MAILBOX,
    (1, 10): _NO_SUCH_MAILBOX,
    (2, 1): _SWITCHED_OFF,
    (2, 2): MAILBOX_IS_FULL,
}
# By the reply code, when there is no enhanced one (RFC 5321, section 4.2.3).
_BY_CODE: Final[Mapping[int, Promise]] = {551: _NO_SUCH_MAILBOX, 552: MAILBOX_IS_FULL, 553: _BAD_EMAIL}


def reason_of(reply: Reply) -> Promise:
    """Return why an e-mail was not taken, by the reply to it. It begins in lower case, without a full stop."""
    if reply.cause in {Cause.BOARD, Cause.LAPSED}:
        return _BOARD if reply.cause is Cause.BOARD else _LAPSED
    if reply.code is None:
        return _UNREACHABLE
    if reply.enhanced and reply.enhanced in _BY_STATUS:
        return _BY_STATUS[reply.enhanced]
    if says_no_such_mailbox(reply.text):
        return _NO_SUCH_MAILBOX
    by_cause = {Cause.PASSING: _LATER, Cause.CONTENT: _UNWANTED}.get(reply.cause)
    return by_cause or (_NOT_TAKEN if reply.enhanced else _BY_CODE.get(reply.code, _NOT_TAKEN))

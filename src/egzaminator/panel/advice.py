"""Words for staff on the telephone: what to say to the caller, and what to do, or to keep to oneself.

What is said tells a stranger nothing about anybody: whoever calls is somebody else until staff are sure. Nothing read
out from the page stands in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Refusal
from egzaminator.mail.domain.status import Delivery
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.panel.person.viewed import Viewed
from egzaminator.register.models import Examiner


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to say to the caller."""

    say: Promise
    do: Promise | None = None
    """What to do, or not to do. It is not read out."""
    when: Promise | None = None
    """The caller's trouble, if a state has words for several."""


_FORGOTTEN: Final = _(
    "Please choose “Forgotten your password?” at the log-in. A link to set a new one by comes to the e-mail address of "
    "the account, and works for 24 hours."
)
REFUSALS: Final[Mapping[Refusal, Advice]] = {
    Refusal.UNKNOWN: Advice(
        say=_("Please read the PESEL or identifier out to me, sign by sign."),
        do=_(
            "If it is right, our register does not hold this person: perhaps another board's does. Do not tell whether "
            "somebody else stands in it."
        ),
    ),
    Refusal.NO_MATCH: Advice(
        say=_("Please type the registration number as it stands in the decision, and read it out to me."),
        do=_("Compare it with the numbers on the person's page. Do not tell the number yourself."),
    ),
    Refusal.STRUCK_OFF: Advice(
        say=_("A first login takes the number of an active entry. If you have another entry, please type its number."),
        do=_("Without an active entry, no account can be made. Talk of the strike-off to nobody but the examiner."),
    ),
    Refusal.HAS_ACCOUNT: Advice(
        say=_("Please type the password that you chose yourself, not the registration number."),
        do=_(
            "They do not remember it: “Forgotten your password?”. They never made an account: somebody else may have, "
            "so freeze it on the person's page."
        ),
    ),
    Refusal.WRONG_PASSWORD: Advice(say=_FORGOTTEN),
    Refusal.THROTTLED: Advice(
        say=_("Please wait a minute, and try once more, slowly."),
        do=_("Earlier attempts had another reason: look for it on the person's page."),
    ),
    Refusal.UNREADABLE: Advice(
        say=_("The fault is ours. We will see to it and call you back."),
        do=_("Pass the case code to the administrator."),
    ),
}

_NO_ACCOUNT: Final = Advice(
    say=_(
        "Please log in on the home page with your PESEL or identifier and your registration number. Then a form opens "
        "in which you choose a password."
    ),
    do=_("The number stands in the decision: let them read it there, and do not tell it."),
)
_NO_ENTRY: Final = Advice(
    say=_("A first login takes an active entry in the register. Please write to us if you think that you have one."),
    do=_("There is no active entry, so no account can be made."),
)
_ACTIVE: Final = (
    Advice(
        when=_("They forgot the password"),
        say=_FORGOTTEN,
        do=_("No e-mail comes: see below what became of it. Nobody at the board can set or see a password."),
    ),
    Advice(
        when=_("They lost the telephone"),
        say=_("Please log in with a recovery code, or with a passkey on another device. Is there neither?"),
        do=_(
            "Then ask to take the second factor away: another member of the staff confirms it within seven days. A "
            "stolen telephone: freeze the account first."
        ),
    ),
    Advice(
        when=_("They no longer have the mailbox"),
        say=_("Please log in with your password, and change the address under “E-mail address” in “My account”."),
        do=_(
            "They cannot log in either: make sure whom you speak with, and ask to correct the address. Another member "
            "of the staff confirms it, and the new mailbox by a link."
        ),
    ),
    Advice(
        when=_("Somebody else is in the account"),
        say=_("I am freezing the account now. From this moment on nobody can log in to it."),
        do=_("Freeze first, ask afterwards: nothing is lost by it. Give it back only when you are sure of the owner."),
    ),
)
_FROZEN: Final = Advice(
    say=_("Nobody can log in to the account now. Before I change that, I have to be sure whom I speak with."),
    do=_(
        "Sure? Unfreeze it to a mailbox that the owner reads: a link to set a new password by goes there. Not sure? "
        "Leave it as it is, and call back."
    ),
)
_CLOSED: Final = Advice(
    say=_("I cannot tell anything about this by telephone. Please write to the board."),
    do=_(
        "The register records that this person died. Say nothing of it, nor of the account. If they say that it is "
        "them, whoever keeps the register has to look into it."
    ),
)


def advise_on_refusal(reason: Refusal, *, examiner: Examiner | None, account: Account | None) -> Advice:
    """Return the words about a refused log-in. An account that nobody can log in to has other words."""
    if _is_closed(examiner, account):
        return _CLOSED
    return REFUSALS[reason] if account is None or account.is_active else _FROZEN


def _is_closed(examiner: Examiner | None, account: Account | None) -> bool:
    is_deceased = examiner is not None and examiner.deceased_on is not None
    return is_deceased or (account is not None and account.state == AccountState.CLOSED)


def advise_on_account(viewed: Viewed) -> list[Advice]:
    """Return the words for the state of a person's account. While a form waits, they stand beside the form."""
    account = viewed.account
    if _is_closed(viewed.examiner, account):
        return [_CLOSED]
    if account:
        return list(_ACTIVE) if account.is_active else [_FROZEN]
    if viewed.open_claims:
        return []
    return [_NO_ACCOUNT if any(entry.is_active for entry in viewed.entries) else _NO_ENTRY]


_UNSENT: Final = Advice(
    say=_("The e-mail has not been sent yet: too many went out today. Please wait until tomorrow."),
    do=_("Try “Send again”: it says which limit holds, and until when."),
)
_ON_ITS_WAY: Final = Advice(
    say=_("The e-mail is just being sent. Please wait a few minutes, and look in the spam folder too.")
)
_LATER: Final = Advice(
    say=_("The server of your mailbox asks us to come again later. We go on trying by ourselves."),
    do=_("Another mailbox is quicker: correct the address if they want that."),
)
_HANDED_OVER: Final = Advice(
    say=_(
        "The e-mail was handed over to your mailbox's server. Please look in the spam folder. Which address do you "
        "expect it at?"
    ),
    do=_(
        "Let them say the address, and compare: do not read it out. It is another: correct it. It is the same, and "
        "nothing is there: send it again."
    ),
)
_EXPIRED: Final = Advice(
    say=_("The link worked for seven days. I am sending you another; an earlier form need not be filled in again."),
    do=_("Send it again."),
)
_REFUSED: Final[Mapping[Cause, Advice]] = {
    Cause.ADDRESS: Advice(
        say=_("Your mailbox's server did not take the e-mail. Please spell the address of your mailbox to me."),
        do=_("It differs from the one in the form: correct it. It is the same: they have to use another mailbox."),
    ),
    Cause.LAPSED: _EXPIRED,
}
_NOT_SENT: Final = Advice(
    say=_("The e-mail could not be handed over. I am sending it again; if that fails, please use another mailbox."),
    do=_("Send it again, or correct the address to one of another provider. Tell the administrator if it goes on."),
)


def advise_on_claim(delivery: Delivery | None, *, is_link_valid: bool) -> Advice:
    """Return the words about a form that waits for activation.

    `delivery` is the status of the latest activation e-mail to the form's present address, if there is one.
    `is_link_valid` tells whether a link that was sent there works.
    """
    if delivery is None:
        return _UNSENT
    if delivery.came_back_at:
        return _REFUSED[Cause.ADDRESS] if delivery.cause is Cause.ADDRESS else _NOT_SENT
    if delivery.delayed_at:
        return _LATER
    if delivery.state is DeliveryState.REJECTED:
        return _REFUSED.get(delivery.cause or Cause.PASSING, _NOT_SENT)
    if delivery.state is DeliveryState.ACCEPTED:
        return _HANDED_OVER if is_link_valid else _EXPIRED
    return _LATER if delivery.state is DeliveryState.DEFERRED else _ON_ITS_WAY

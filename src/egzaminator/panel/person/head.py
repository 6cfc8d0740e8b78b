"""The head of a person's page: the state of their entries, account and e-mail address, in words."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.accounts.enums import AccountState
from egzaminator.panel.person.viewed import Viewed

_NO_ENTRY: Final = pgettext_lazy("entry of an examiner", "none")
_NO_ACCOUNT: Final = pgettext_lazy("account of an examiner", "no account")
_WAITS: Final = pgettext_lazy("account of an examiner", "waits for activation")
_CONFIRMED: Final = pgettext_lazy("e-mail address", "confirmed")
_UNCONFIRMED: Final = pgettext_lazy("e-mail address", "not confirmed")
_NO_EMAIL: Final = pgettext_lazy("e-mail address", "none")


@dataclass(frozen=True, slots=True)
class State:
    """A state, as a tag."""

    about: Promise
    text: str | Promise
    is_warning: bool = False
    """Whether somebody has to look at it."""


def states_of(viewed: Viewed) -> list[State]:
    """Return the states of a person's entries, account and e-mail address."""
    return [
        State(_("Entry"), *_entry(viewed)),
        State(_("Account"), *_account(viewed)),
        State(_("E-mail"), _email(viewed)),
    ]


def _entry(viewed: Viewed) -> tuple[str | Promise, bool]:
    if not viewed.entries:
        return _NO_ENTRY, True
    entry = next((one for one in viewed.entries if one.is_active), viewed.entries[0])
    return entry.get_state_display(), not entry.is_active


def _account(viewed: Viewed) -> tuple[str | Promise, bool]:
    if viewed.account:
        return viewed.account.get_state_display(), viewed.account.state == AccountState.FROZEN
    return (_WAITS if viewed.open_claims else _NO_ACCOUNT), False


def _email(viewed: Viewed) -> Promise:
    if viewed.account:
        return _CONFIRMED
    return _UNCONFIRMED if viewed.open_claims or viewed.examiner.email else _NO_EMAIL

"""The head of a person's page: the state of their entries, account and e-mail address, in words."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.mail.domain.holds import held_among
from egzaminator.panel.person.viewed import Viewed
from egzaminator.register.enums import AccountStanding, EmailStanding

_NO_ENTRY: Final = pgettext_lazy("entry of an examiner", "none")


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
        State(_("E-mail"), *_email(viewed)),
    ]


def _entry(viewed: Viewed) -> tuple[str | Promise, bool]:
    if not viewed.entries:
        return _NO_ENTRY, True
    entry = next((one for one in viewed.entries if one.is_active), viewed.entries[0])
    return entry.get_state_display(), not entry.is_active


def _account(viewed: Viewed) -> tuple[str | Promise, bool]:
    if viewed.account:
        standing = AccountStanding(viewed.account.state)
    else:
        standing = AccountStanding.WAITING if viewed.open_claims else AccountStanding.NONE
    return standing.label, standing == AccountStanding.FROZEN


def _email(viewed: Viewed) -> tuple[str | Promise, bool]:
    emails = [viewed.account.email] if viewed.account else [claim.email for claim in viewed.open_claims]
    emails = emails or [email for email in [viewed.examiner.email] if email]
    if not emails:
        return EmailStanding.NONE.label, False
    if held_among(emails) == {email.lower() for email in emails}:
        return EmailStanding.HELD.label, True
    return (EmailStanding.CONFIRMED if viewed.account else EmailStanding.UNCONFIRMED).label, False

import datetime
from typing import Final

from django.db.models import Q
from django.utils import timezone

from egzaminator.accounts.domain.mailboxes import is_among, known_addresses
from egzaminator.accounts.enums import ActOutcome
from egzaminator.accounts.models import Account
from egzaminator.staff.errors import NotIndependentError
from egzaminator.staff.models import Act

STAFF_FOR: Final = datetime.timedelta(days=7)


def may_refuse(*, act: Act, member: Account) -> bool:
    """Return whether a member of the staff may refuse an act, or take it back: it must not be about them."""
    return member.is_staff and member.is_active and not is_own(account=act.account, member=member)


def is_own(*, account: Account, member: Account) -> bool:
    """Return whether an account is that of a member of the staff, or is theirs as an examiner, by its mailboxes.

    Many who work at a board are examiners of it. Whoever reads one of an account's mailboxes, now or once, decides
    nothing about it, since the link to a new password may go there.
    """
    return account.id == member.id or is_among(member.email, known_addresses(account=account))


def may_confirm(*, act: Act, member: Account) -> bool:
    """Return whether a member of the staff may confirm an act.

    They did not ask for it, it is not about them, they have been staff for seven days, and between them and who asked
    neither invited the other nor had a hand in giving the other an account back. Otherwise one person who made a
    second account, or got hold of one, would be two.
    """
    if not may_refuse(act=act, member=member) or member.created_at > timezone.now() - STAFF_FOR:
        return False
    asker = act.asked_by
    if asker is None:
        return act.is_by_command
    if not asker.is_active or asker.id == member.id:
        return False
    if asker.invited_by_id == member.id or member.invited_by_id == asker.id:
        return False
    return not (_had_a_hand(asker, member) or _had_a_hand(member, asker))


def require_independent(*, act: Act, member: Account) -> None:
    """Raise NotIndependentError unless a member of the staff may confirm an act."""
    if not may_confirm(act=act, member=member):
        raise NotIndependentError


def _had_a_hand(one: Account, other: Account) -> bool:
    """Return whether one of two persons gave the other's account back, or took its second factor away."""
    done = Act.objects.filter(account=other, outcome=ActOutcome.DONE)
    return done.filter(Q(asked_by=one) | Q(answered_by=one)).exists()

"""The rules of who counts as an independent second person."""

import datetime
import uuid
from typing import Final

from django.db.models import Q
from django.utils import timezone

from egzaminator.accounts.domain.mailboxes import is_among, known_emails
from egzaminator.accounts.domain.personal_data import accounts_of
from egzaminator.accounts.enums import ActKind, ActOutcome
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.core.text import fold
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner, FormerValue
from egzaminator.staff.errors import NotIndependentError
from egzaminator.staff.models import Act

STAFF_FOR: Final = datetime.timedelta(days=7)


def may_refuse(*, act: Act, member: Account) -> bool:
    """Return whether a staff member may refuse or withdraw an act. It must not be about their own account."""
    return member.is_staff and member.is_active and not _is_about(act, member)


def is_own(*, account: Account, member: Account, email: str = "") -> bool:
    """Return whether an account is the staff member's own, or theirs as an examiner, judged by its mailboxes.

    Many employees of a board are also its examiners. Whoever reads one of the account's present or former mailboxes
    decides nothing about the account, because the link to set a new password may go there. So does whoever reads
    `email`, the mailbox that the account is to have, or one that the register once had. The mailboxes of accounts that
    were joined with it count, too. Raise `UndecryptableError`.
    """
    mailboxes = [email for one in accounts_of(account=account) for email in known_emails(account=one)]
    former = _formerly_in_register(account.examiner) if account.examiner else []
    return account.id == member.id or is_among(member.email, [*mailboxes, *former, email])


def is_own_record(*, examiner: Examiner, member: Account) -> bool:
    """Return whether a record in the register is the staff member's own, judged by the mailboxes that it ever had.

    Raise `UndecryptableError`.
    """
    account = Account.objects.filter(examiner=examiner).first()
    if account is not None and is_own(account=account, member=member):
        return True
    claims = examiner.claims.values_list("email", flat=True)
    return is_among(member.email, [examiner.email, *_formerly_in_register(examiner), *claims])


def own_records(*, member: Account) -> set[uuid.UUID]:
    """Return the ids of all records that are a staff member's own, as `is_own_record` judges them.

    Raise `UndecryptableError`.
    """
    email = member.email
    changes = EmailChange.objects.filter(Q(old__iexact=email) | Q(new__iexact=email)).values("account")
    accounts = Account.objects.filter(Q(email__iexact=email) | Q(pk__in=changes)).values("examiner")
    former = FormerValue.objects.filter(field=RegisterField.EMAIL, examiner__taken_back_at=None)
    formerly = {one.examiner_id for one in former.iterator() if is_among(email, [one.value])}
    found = Examiner.objects.filter(
        Q(email__iexact=email)
        | Q(pk__in=accounts)
        | Q(pk__in=Claim.objects.filter(email__iexact=email).values("examiner"))
        | Q(pk__in=formerly)
    )
    # The accounts of a record that was joined into another count there.
    kept = {one.joined_into_id or one.pk for one in found}
    suspects = found.union(Examiner.objects.filter(pk__in=kept))
    return {one.pk for one in suspects if is_own_record(examiner=one, member=member)}


def _formerly_in_register(examiner: Examiner) -> list[str]:
    return [one.value for one in examiner.former_values.filter(field=RegisterField.EMAIL)]


def is_about_oneself(*, name: str, email: str, member: Account) -> bool:
    """Return whether what is about to be entered in the register has the staff member's own name or mailbox."""
    return fold(name) == fold(member.name) or is_among(member.email, [email])


def may_confirm(*, act: Act, member: Account) -> bool:
    """Return whether a staff member may confirm an act as an independent second person.

    The member did not request the act, the act is not about them, and they have been staff for seven days. Between the
    member and the requester, neither invited the other, and neither took part in giving the other's account back or
    removing its second factor. Otherwise one person who made or captured a second account could act as two. A deletion
    is confirmed by whoever keeps the register, because what the register has to keep is not in the account then.
    """
    if not may_refuse(act=act, member=member) or not _is_long_enough(member):
        return False
    if act.kind == ActKind.DELETE and not member.has_perm("staff.confirm_deletion"):
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
    """Raise `NotIndependentError` unless a staff member may confirm an act."""
    if not may_confirm(act=act, member=member):
        raise NotIndependentError


def is_trusted_alone(member: Account) -> bool:
    """Return whether a staff member may be the only person of an act, where the board's setting allows it.

    They may if they could be somebody else's second person.
    """
    return member.is_staff and member.is_active and _is_long_enough(member) and member.has_perm("staff.answer_act")


def _is_about(act: Act, member: Account) -> bool:
    """Return whether an act is about the staff member; a joining or deletion is if a record is or was theirs."""
    if act.kind in {ActKind.JOIN, ActKind.DELETE}:
        return any(is_own_record(examiner=one.examiner, member=member) for one in act.accounts if one.examiner)
    return is_own(account=act.account, member=member, email=act.email)


def _is_long_enough(member: Account) -> bool:
    return member.created_at <= timezone.now() - STAFF_FOR


def _had_a_hand(one: Account, other: Account) -> bool:
    """Return whether `one` requested or confirmed an act on the account of `other` that was carried out.

    Such an act gave the account back, or removed its second factor.
    """
    done = Act.objects.filter(account=other, outcome=ActOutcome.DONE)
    return done.filter(Q(asked_by=one) | Q(answered_by=one)).exists()


def is_own_claim(*, claim: Claim, member: Account, email: str = "") -> bool:
    """Return whether a saved form is a staff member's own as an examiner, judged by the mailboxes.

    These are the mailboxes that the examiner's record ever had, and `email`, which the form is to get. Raise
    `UndecryptableError`.
    """
    return is_among(member.email, [email]) or is_own_record(examiner=claim.examiner, member=member)

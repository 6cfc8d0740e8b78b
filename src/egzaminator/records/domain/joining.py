"""The joining of two records of one person: entered twice, or entered without a PESEL and later with one."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import StaffText
from egzaminator.core.encryption import encrypt
from egzaminator.mailings.domain.joining import move_mailings
from egzaminator.onboarding.domain.claims import close_claims
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.records.domain.notifications import notify_of_change, owner_mailboxes
from egzaminator.records.domain.shown import NAMES, Shown, require_unchanged, show_whole, value_of
from egzaminator.records.errors import (
    DifferentEndsError,
    ImportUnderWayError,
    NotPossibleNowError,
    SamePersonError,
    TwoAccountsError,
)
from egzaminator.register.domain.former_values import keep_former_value
from egzaminator.register.domain.imports.command import holds_off_imports
from egzaminator.register.domain.locks import lock_entries, lock_examiner
from egzaminator.register.domain.settling import settle_entries
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner, FormerValue, address_context, pesel_context

_NAMED_BY: Final = {
    RegisterField.PESEL: ("pesel_encrypted", "pesel_index"),
    RegisterField.IDENTIFIER: ("identifier", "identifier_key"),
    RegisterField.EMAIL: ("email", "email_since", "email_by"),
    RegisterField.ADDRESS: ("address_encrypted",),
}


def show_both(kept: Examiner, other: Examiner) -> Shown:
    """Return what a form shows of two records before they are joined."""
    return {**show_whole(kept), **{f"other {name}": value for name, value in show_whole(other).items()}}


def join_examiners(*, kept_id: uuid.UUID, other_id: uuid.UUID, shown: Shown, reason: str, by: Actor) -> None:
    """Join the record `other_id` into `kept_id`: everything of the other stands under the one that is kept.

    Entries, claims, the account, former values and earlier joins move. A PESEL, identifier, e-mail or postal address
    that the kept record lacks moves, too; where it has its own, the other's stays as a former value, as do different
    names. A former PESEL logs nobody in. The other row stays without any of it, for events and bookmarks that have its
    id.

    All passwords of one person share one salt. So with the account moves its salt; where there is none, that of the
    open claims. Open claims that cannot stand beside it are closed, as after an activation.

    Two records that both have an account are joined by two persons (`joining_accounts`).

    Raise `SamePersonError`, `TwoAccountsError`, `DifferentEndsError`, `NotPossibleNowError` if one of them was joined
    or taken back already, `ImportUnderWayError`, or `ChangedMeanwhileError` if either is not what the form showed.
    """
    if kept_id == other_id:
        raise SamePersonError
    with transaction.atomic():
        if not holds_off_imports():
            raise ImportUnderWayError
        locked = {one: lock_examiner(examiner_id=one) for one in sorted((kept_id, other_id))}
        kept, other = locked[kept_id], locked[other_id]
        if not (kept.is_in_register and other.is_in_register):
            raise NotPossibleNowError
        require_unchanged(shown=shown, now=show_both(kept, other))
        require_same_ends(kept, other)
        if Account.objects.filter(examiner__in=(kept, other)).count() == len((kept, other)):
            raise TwoAccountsError
        join_locked(kept=kept, other=other, text=keep_text(text=reason, subject=kept.id, by=by), by=by)


def require_same_ends(kept: Examiner, other: Examiner) -> None:
    """Raise `DifferentEndsError` if only one of two records says that the examiner died or went to another board."""
    if (kept.deceased_on, kept.transferred_on) != (other.deceased_on, other.transferred_on):
        raise DifferentEndsError


def join_locked(*, kept: Examiner, other: Examiner, text: StaffText, by: Actor) -> None:
    """Join two locked records, at most one of which has an account. `text` is why."""
    entries = lock_entries(examiner=kept) + lock_entries(examiner=other)
    mailboxes = [*owner_mailboxes(kept), *owner_mailboxes(other)]
    _move_account_and_claims(kept, other)
    other.entries.update(examiner=kept)
    FormerValue.objects.filter(examiner=other).update(examiner=kept)
    move_mailings(kept=kept, other=other)
    Examiner.objects.filter(joined_into=other).update(joined_into=kept)
    _move_values(kept, other, text, by)
    settle_entries(entry_ids=[entry.id for entry in entries])
    for record in (kept, other):
        record_event(tag=Tag.EXAMINERS_JOINED, by=by, subject=record.id, reason=text)
    notify_of_change(examiner=kept, tag=Tag.EXAMINERS_JOINED, mailboxes=mailboxes)


def _move_account_and_claims(kept: Examiner, other: Examiner) -> None:
    account = Account.objects.filter(examiner__in=(kept, other)).first()
    open_claims = Claim.objects.filter(closed_at__isnull=True)
    has_claims = open_claims.filter(examiner=kept).exists()
    is_others_salt = account.examiner_id == other.id if account else not has_claims
    superseded = {kept, other} if account else {kept if is_others_salt else other}
    ended = open_claims.filter(examiner__in=superseded)
    close_claims(claim_ids=list(ended.values_list("id", flat=True)), outcome=ClaimOutcome.SUPERSEDED)
    Claim.objects.filter(examiner=other).update(examiner=kept)
    if is_others_salt:
        kept.password_salt = other.password_salt
    if account:
        lock_account(account_id=account.id)
        Account.objects.filter(pk=account.pk).update(examiner=kept)


def _move_values(kept: Examiner, other: Examiner, text: StaffText, by: Actor) -> None:
    """Give the kept record what it lacks, keep the rest as former values, and empty the other."""
    for field in NAMES:
        if value_of(other, field) != value_of(kept, field):
            keep_former_value(examiner=kept, field=field, value=value_of(other, field), by=by, reason=text)
    moved: dict[str, Any] = {}
    for field, columns in _NAMED_BY.items():
        value, own = value_of(other, field), value_of(kept, field)
        if value and not own:
            moved |= {column: getattr(other, column) for column in columns}
            if field == RegisterField.PESEL:
                moved["pesel_encrypted"] = encrypt(value, context=pesel_context(kept.id))
            elif field == RegisterField.ADDRESS and other.postal_address:
                moved["address_encrypted"] = encrypt(other.postal_address.as_json, context=address_context(kept.id))
        elif value != own:
            keep_former_value(examiner=kept, field=field, value=value, by=by, reason=text)
    _save(
        other,
        {
            "joined_into": kept,
            "pesel_encrypted": None,
            "pesel_index": None,
            "identifier": "",
            "identifier_key": None,
            "email": "",
            "address_encrypted": None,
        },
    )
    _save(kept, {**moved, "password_salt": kept.password_salt})


def _save(examiner: Examiner, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(examiner, name, value)
    examiner.save(update_fields=[*columns, "updated_at"])

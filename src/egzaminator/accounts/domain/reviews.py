"""What the board has to look at about accounts: changed details, a surname, a residence, and "it was not me".

An examiner has to report changes to the board without delay. Here is what waits until staff have seen it, how it comes
to wait, and how staff accept it. Each acceptance takes `seen`, what the page showed, and fails if that has changed; it
locks the account, so that of two staff members one accepts and the other is told.
"""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.models import Account, Profile, ProfileChange
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.reviews import raise_reviewed, record_review
from egzaminator.audit.errors import ReviewOutdatedError
from egzaminator.core.text import fold

CHANGES: Final = "changes"
SURNAME: Final = "surname"
RESIDENCE: Final = "residence"
NOT_ME: Final = "not-me"


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A changed detail: what the board has seen last, and what it is now, however often it was changed between."""

    field: str
    old: str
    new: str


@dataclass(slots=True)
class WaitingChanges:
    """The changes of an account that wait, the detail that was changed first first."""

    rows: list[WaitingChange]
    seen: str
    """What staff send back when they accept them: the last change."""


def report_changes(*, account: Account, changes: Collection[ProfileChange]) -> None:
    """Save changes of an examiner's details, which wait from now on. The caller's transaction has locked the account.

    A detail that is again what the board has seen does not wait: there is nothing to do about it.
    """
    ProfileChange.objects.bulk_create(changes)
    taken_back = [change.field for change in _waiting(account.pk).rows if change.old == change.new]
    waiting = account.profile_changes.filter(reviewed_at=None)
    waiting.filter(field__in=taken_back).update(reviewed_at=timezone.now())
    profile = Profile.objects.filter(account=account)
    if waiting.exists():
        profile.filter(changed_since=None).update(changed_since=timezone.now())
    else:
        profile.update(changed_since=None)


def forget_acceptances(*, profile: Profile, fields: Collection[str]) -> None:
    """Forget, on a profile that the caller saves, what staff have accepted of the details that change now."""
    if "surname" in fields:
        profile.accepted_surname = ""
    if not {"voivodeship", "country"}.isdisjoint(fields):
        profile.residence_accepted = False


def waiting_changes(*, account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, WaitingChanges]:
    """Return the changes that wait, by account, in one query."""
    rows = ProfileChange.objects.filter(account__in=account_ids, reviewed_at=None).order_by("id")
    found: dict[uuid.UUID, dict[str, WaitingChange]] = {account_id: {} for account_id in account_ids}
    seen: dict[uuid.UUID, int] = {}
    for change in rows:
        fields = found[change.account_id]
        first = fields.get(change.field, change)
        fields[change.field] = WaitingChange(change.field, first.old, change.new)
        seen[change.account_id] = change.pk
    return {one: WaitingChanges(list(fields.values()), str(seen.get(one, ""))) for one, fields in found.items()}


def _waiting(account_id: uuid.UUID) -> WaitingChanges:
    return waiting_changes(account_ids=[account_id])[account_id]


def compare_surnames(*, examiner_ids: Collection[uuid.UUID]) -> None:
    """Note whose stated surname the register has otherwise: it waits, unless staff have accepted this very difference.

    Capitals, accents and dashes make none. Whoever changes a name anywhere leads here: panel/domain/list_keys.py.
    """
    with transaction.atomic():
        profiles = Profile.objects.select_for_update(of=("self",)).select_related("account__examiner")
        differing, agreeing = [], []
        for profile in profiles.filter(account__examiner__in=examiner_ids).order_by("pk"):
            waits = is_surname_open(profile)
            if waits and profile.surname_differs_since is None:
                differing.append(profile.pk)
            elif not waits and profile.surname_differs_since is not None:
                agreeing.append(profile.pk)
        Profile.objects.filter(pk__in=differing).update(surname_differs_since=timezone.now())
        Profile.objects.filter(pk__in=agreeing).update(surname_differs_since=None)


def is_surname_open(profile: Profile) -> bool:
    """Return whether the stated surname differs from the register's, and staff have not accepted that."""
    examiner = profile.account.examiner
    assert examiner is not None  # noqa: S101 -- for mypy: staff have no profile
    return fold(profile.surname) != fold(examiner.surname) and profile.accepted_surname != examiner.surname


def surnames_seen(profile: Profile) -> str:
    """Return what staff see when a surname waits: the stated one and the register's."""
    examiner = profile.account.examiner
    return f"{profile.surname} / {examiner.surname if examiner else ''}"


def accept_changes(*, account_id: uuid.UUID, seen: str, by: Actor) -> None:
    """Accept the changes of an account's details. Raise `ReviewedAlreadyError` or `ReviewOutdatedError`."""
    with _locked(account_id) as profile:
        waiting = _waiting(account_id)
        if not waiting.rows:
            raise_reviewed(what=CHANGES, subject=account_id)
        _require(seen, waiting.seen)
        ProfileChange.objects.filter(account=account_id, reviewed_at=None).update(reviewed_at=timezone.now())
        profile.changed_since = None
        profile.save(update_fields=["changed_since"])
        fields = [change.field for change in waiting.rows]
        record_review(what=CHANGES, subject=account_id, by=by, fields=fields)


def accept_surname(*, account_id: uuid.UUID, seen: str, by: Actor) -> None:
    """Accept that a surname differs from the register's. Raise `ReviewedAlreadyError` or `ReviewOutdatedError`."""
    with _locked(account_id) as profile:
        if not is_surname_open(profile):
            raise_reviewed(what=SURNAME, subject=account_id)
        _require(seen, surnames_seen(profile))
        assert profile.account.examiner is not None  # noqa: S101 -- for mypy: staff have no profile
        profile.accepted_surname = profile.account.examiner.surname
        profile.surname_differs_since = None
        profile.save(update_fields=["accepted_surname", "surname_differs_since"])
        record_review(what=SURNAME, subject=account_id, by=by)


def accept_residence(*, account_id: uuid.UUID, seen: str, by: Actor) -> None:
    """Accept that an examiner lives outside the board's voivodeships; `seen` is where.

    Raise `ReviewedAlreadyError` or `ReviewOutdatedError`.
    """
    with _locked(account_id) as profile:
        if profile.residence_accepted:
            raise_reviewed(what=RESIDENCE, subject=account_id)
        _require(seen, profile.voivodeship)
        profile.residence_accepted = True
        profile.save(update_fields=["residence_accepted"])
        record_review(what=RESIDENCE, subject=account_id, by=by)


def set_residence_accepted(*, examiner_id: uuid.UUID, accepted: bool) -> None:
    """Say whether the board knows where an examiner lives: it does once it has written down a transfer."""
    Profile.objects.filter(account__examiner=examiner_id).update(residence_accepted=accepted)


def accept_not_me(*, account_id: uuid.UUID, seen: str, by: Actor) -> None:
    """Take "it was not me" off the list, until a link says it again. The account stays blocked.

    Raise `ReviewedAlreadyError` or `ReviewOutdatedError`.
    """
    with transaction.atomic():
        account = lock_account(account_id=account_id)
        if account.not_me_since is None:
            raise_reviewed(what=NOT_ME, subject=account_id)
        _require(seen, account.not_me_since.isoformat())
        Account.objects.filter(pk=account_id).update(not_me_since=None)
        record_review(what=NOT_ME, subject=account_id, by=by)


@contextmanager
def _locked(account_id: uuid.UUID) -> Iterator[Profile]:
    with transaction.atomic():
        lock_account(account_id=account_id)
        yield Profile.objects.select_related("account__examiner").select_for_update(of=("self",)).get(pk=account_id)


def _require(seen: str, now: str) -> None:
    if seen != now:
        raise ReviewOutdatedError

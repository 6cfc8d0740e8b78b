"""What an examiner stated in the account, moved to the register: corrections whose new values are typed by nobody."""

import uuid
from collections.abc import Collection, Mapping

from django.db import transaction

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.reviews import CHANGES, accept_changes, waiting_changes
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.reviews import raise_reviewed
from egzaminator.core.text import NO_NAME, full_name
from egzaminator.records.domain.corrections import correct_email, correct_names
from egzaminator.records.domain.locks import lock_record
from egzaminator.records.domain.shown import NAMES, Shown, require_unchanged, show_person
from egzaminator.records.errors import NotPossibleNowError
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner

HELD = (*NAMES, RegisterField.EMAIL)
"""What an examiner states and the register holds."""
HELD_DETAILS = frozenset({"surname", "first_name", "middle_names", "email"})
"""The details that it is stated in."""
_WAITED = "waited"


def stated_values(account: Account) -> Mapping[RegisterField, str]:
    """Return what an examiner states, as the register would hold it."""
    profile = account.profile
    return {
        RegisterField.SURNAME: profile.surname,
        RegisterField.FIRST_NAMES: full_name(profile.first_name, profile.middle_names) or NO_NAME,
        RegisterField.EMAIL: account.email,
    }


def show_stated(account: Account) -> Shown:
    """Return what a form shows before a move: the register's values, the stated ones, and the changes that wait."""
    assert account.examiner is not None  # noqa: S101 -- for mypy: staff have no profile
    waiting = waiting_changes(account_ids=[account.pk])[account.pk]
    changes = {change.field: change.new for change in waiting.rows}
    stated = changes | {field.value: value for field, value in stated_values(account).items()}
    return {
        **show_person(account.examiner, HELD),
        **{f"stated {name}": value for name, value in stated.items()},
        _WAITED: waiting.seen,
    }


def move_to_register(
    *, account_id: uuid.UUID, fields: Collection[RegisterField], shown: Shown, reason: str, by: Actor
) -> None:
    """Correct the register by what the examiner states, and accept the changes that wait, in one transaction.

    `fields` are those that are moved, of `HELD`. Each is a correction like one by hand (`corrections`), with former
    values and a notice to the owner.

    Raise `ReviewedAlreadyError` if somebody else has accepted the changes meanwhile, `ChangedMeanwhileError` if
    anything is not what the form showed, `NothingChangedError`, or `NotPossibleNowError`: nothing is moved from a
    blocked account, because whoever typed there may be a thief.
    """
    with transaction.atomic():
        examiner = _lock_owner(account_id)
        account = lock_account(account_id=account_id)
        if not account.is_active or account.examiner_id != examiner.pk:
            raise NotPossibleNowError
        now = show_stated(account)
        if shown.get(_WAITED) and not now[_WAITED]:
            raise_reviewed(what=CHANGES, subject=account_id)
        require_unchanged(shown=shown, now={name: value for name, value in now.items() if name != _WAITED})
        stated = stated_values(account)
        if not set(fields).isdisjoint(NAMES):
            names = {field: stated[field] if field in fields else now[field.value] for field in NAMES}
            correct_names(
                examiner_id=examiner.pk,
                surname=names[RegisterField.SURNAME],
                first_names=names[RegisterField.FIRST_NAMES],
                shown=shown,
                reason=reason,
                by=by,
            )
        if RegisterField.EMAIL in fields:
            correct_email(examiner_id=examiner.pk, email=account.email, shown=shown, reason=reason, by=by)
        if RegisterField.SURNAME in fields:
            Profile.objects.filter(pk=account_id).update(surname_differs_since=None)
        if now[_WAITED]:
            accept_changes(account_id=account_id, seen=now[_WAITED], by=by)


def _lock_owner(account_id: uuid.UUID) -> Examiner:
    found = Account.objects.only("examiner_id").get(pk=account_id)
    if found.examiner_id is None:
        raise NotPossibleNowError
    return lock_record(examiner_id=found.examiner_id)

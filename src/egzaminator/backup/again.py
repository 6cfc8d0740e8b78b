"""Doing again, after a restore, what the journal says of the time since the archive was made."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import AccountState, Barred
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.backup.journal import TOLD, Entry, read_journal
from egzaminator.core.templatetags.dates import table_date
from egzaminator.mailings.domain.preferences import turn_informational
from egzaminator.register.models import Examiner

# So many ids of each kind are listed: enough for a board to look at each.
_LISTED: Final = 20


def do_again(journal: Path, well: list[str], left: list[str]) -> None:
    """Do again what the journal says and the database does not know, in the caller's transaction.

    Say what was done in `well`, and in `left` what a person has to look at. Accounts that were given back since they
    were frozen are frozen too: they have the password again that they were frozen for. The events are written with
    their ids, so that a later restore does not do them a third time.
    """
    known_since = read_journal(journal)
    entries = known_since.entries if known_since else []
    known = set(Event.objects.filter(id__in=[entry.event for entry in entries]).values_list("id", flat=True))
    new = [entry for entry in entries if entry.event not in known]
    Event.objects.bulk_create(
        Event(id=entry.event, at=entry.at, tag=entry.tag, subject=entry.subject, details={"again": True})
        for entry in new
    )
    done = Counter(entry.tag for entry in new if entry.tag in _AGAIN and _AGAIN[entry.tag](entry))
    well.append(
        f"Done again: {done[Tag.ACCOUNT_DELETED]} deletions of accounts, "
        f"{done[Tag.ACCOUNT_FROZEN] + done[Tag.ACCOUNT_FROZEN_BY_STAFF]} freezes, {done[Tag.STAFF_ENDED]} ends of "
        f"staff accounts, {done[Tag.INFORMATIONAL_TURNED_OFF]} refusals of informational e-mails."
    )
    for tag in TOLD:
        about = [str(entry.subject) for entry in new if entry.tag == tag]
        if about:
            more = f" and {len(about) - _LISTED} more" if len(about) > _LISTED else ""
            left.append(f"{_MEANS[tag]}: {', '.join(dict.fromkeys(about[:_LISTED]))}{more}.")
    left.append(
        f"Deletions and freezes after {table_date(known_since.until)}, when the journal ends, cannot be known."
        if known_since
        else f"There is no journal at {journal}, or none of ours: deletions and freezes since cannot be known."
    )


def _account(entry: Entry) -> Account | None:
    return Account.objects.filter(pk=str(entry.subject)).first() if entry.subject else None


def _delete(entry: Entry) -> bool:
    account = _account(entry)
    if account is None:
        return False
    delete_account(account=account, reason="again")
    return True


def _freeze(entry: Entry) -> bool:
    account = _account(entry)
    if account is None or not account.is_active:
        return False
    by = Barred.LINK if entry.tag == Tag.ACCOUNT_FROZEN else Barred.STAFF
    account_state.freeze(account=lock_account(account_id=account.id), by=by)
    return True


def _end_staff(entry: Entry) -> bool:
    account = _account(entry)
    if account is None or not account.is_staff or account.state == AccountState.CLOSED:
        return False
    account_state.retire(account=lock_account(account_id=account.id), by=Barred.LEFT)
    account.groups.clear()
    return True


def _turn_off(entry: Entry) -> bool:
    account = _account(entry)
    examiner = account.examiner_id if account else entry.subject
    if examiner is None or not Examiner.objects.filter(pk=examiner).exists():
        return False
    return turn_informational(examiner_id=examiner, on=False, by=SYSTEM, subject=entry.subject or examiner)


_AGAIN: Final[Mapping[Tag, Callable[[Entry], bool]]] = {
    Tag.ACCOUNT_DELETED: _delete,
    Tag.ACCOUNT_FROZEN: _freeze,
    Tag.ACCOUNT_FROZEN_BY_STAFF: _freeze,
    Tag.STAFF_ENDED: _end_staff,
    Tag.INFORMATIONAL_TURNED_OFF: _turn_off,
}
_MEANS: Final[Mapping[Tag, str]] = {
    Tag.ACCOUNT_ACTIVATED: "Accounts that were activated since and are not there any more",
    Tag.ACCOUNT_UNFROZEN: "Accounts that were given back since, to look at again",
    Tag.PASSWORD_CHANGED: "Accounts whose password was changed since: the old one opens them again",
    Tag.PASSWORD_RESET: "Accounts whose password was set anew since: the old one opens them again",
    Tag.EMAIL_CHANGED: "Accounts whose e-mail address was changed since: they have the old one again",
    Tag.SECOND_FACTOR_ADDED: "Accounts that got a second factor since and have it no more",
    Tag.SECOND_FACTOR_REMOVED: "Accounts whose second factor was removed since: they have it again",
    Tag.SECOND_FACTOR_RESET: "Accounts whose second factor the board removed since: they have it again",
    Tag.EXAMINER_DECEASED: "Examiners whose death was recorded since: record it again",
    Tag.NOTE_REMOVED: "Examiners a note about whom was removed since: remove it again",
    Tag.STAFF_INVITED: "Staff who were invited since: invite them again",
    Tag.STAFF_ROLES_CHANGED: "Staff whose roles were changed since: they have the old ones again",
    Tag.REGISTER_IMPORTED: "Register files that were imported since: import them again",
}

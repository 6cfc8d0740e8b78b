"""The undoing of what an import did to some people: who is taken back, who has the former values again, who is left."""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from egzaminator.accounts.domain.mailboxes import is_among
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_events, record_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import UndecryptableError, encrypt
from egzaminator.panel.domain.import_obstacles import obstacle_to_undoing
from egzaminator.records.domain.notifications import notify_of_change, owner_mailboxes
from egzaminator.register.domain.return_values import TouchedPerson, return_values
from egzaminator.register.domain.taking_back import take_back
from egzaminator.register.enums import UndoOutcome
from egzaminator.register.models import Entry, Examiner, Import, ImportedPerson, changes_context
from egzaminator.staff.domain.independence import is_own_record

Outcomes = dict[uuid.UUID, UndoOutcome]
# What becomes of a person whom nothing stands in the way of, by whether the import made them.
_DONE: Final = {True: UndoOutcome.TAKEN_BACK, False: UndoOutcome.RETURNED}


def set_apart(*, people: Sequence[ImportedPerson], member: Account) -> Outcomes:
    """Return the people whom a staff member's undoing leaves, whatever was built on them.

    They are whoever's record is the member's own, because a colleague has to see to that, and whoever's data cannot be
    read. It takes no locks: a mailbox that a record gets later is no former one.
    """
    records = Examiner.objects.filter(pk__in=[person.examiner_id for person in people])
    # Of nobody else the register has a mailbox.
    has_others = Q(account__isnull=False) | Q(claims__isnull=False) | Q(former_values__isnull=False)
    suspects = {one.id: one for one in records.filter(has_others | Q(email__iexact=member.email)).distinct()}
    apart: Outcomes = {}
    for person in people:
        suspect = suspects.get(person.examiner_id)
        try:
            is_own = suspect is not None and is_own_record(examiner=suspect, member=member)
            if is_own or is_among(member.email, (person.changes or {}).get("email", [])):
                apart[person.examiner_id] = UndoOutcome.OWN
        except UndecryptableError as error:
            record_undecryptable(context=error.context)
            apart[person.examiner_id] = UndoOutcome.UNREADABLE
    return apart


def undo_people(*, one: Import, people: Sequence[ImportedPerson], apart: Outcomes) -> None:
    """Undo what an import did to some people, in the caller's transaction, and keep what was done with each.

    It locks the examiners in the order of their ids and then the entries, as a first login, an activation and whoever
    corrects a record do for one. What stands in the way is looked for under these locks.
    """
    examiners = _lock([person.examiner_id for person in people])
    outcomes = _obstacles(one, examiners) | apart
    touched = _touched(people, examiners, outcomes)
    by, details = Actor(one.undone_by), {"import": str(one.pk)}
    taken_back = [person for person in people if outcomes[person.examiner_id] == UndoOutcome.TAKEN_BACK]
    _take_back(taken_back, [examiners[person.examiner_id] for person in taken_back], one, by)
    returned = [found for found in touched if outcomes[found.examiner.id] == UndoOutcome.RETURNED]
    _return(returned)
    for tag, outcome in ((Tag.IMPORT_TOOK_BACK, UndoOutcome.TAKEN_BACK), (Tag.IMPORT_RETURNED, UndoOutcome.RETURNED)):
        subjects = [key for key, what in outcomes.items() if what == outcome]
        record_events(tag=tag, by=by, subjects=subjects, details=details, reason=one.undo_reason)
    for person in people:
        person.undo_outcome = outcomes[person.examiner_id]
    ImportedPerson.objects.bulk_update(people, ["undo_outcome", "changes_encrypted"])


def _lock(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Examiner]:
    # A lock of the whole row (FOR UPDATE): what names a person is a key, and entries that refer to it are deleted.
    examiners = {one.id: one for one in Examiner.objects.select_for_update().filter(pk__in=ids).order_by("id")}
    list(Entry.objects.select_for_update().filter(examiner__in=ids).order_by("id").values_list("id"))
    return examiners


def _obstacles(one: Import, examiners: Collection[uuid.UUID]) -> Outcomes:
    found = Examiner.objects.filter(pk__in=examiners).annotate(obstacle=obstacle_to_undoing(one)).exclude(obstacle="")
    return {key: UndoOutcome(why) for key, why in found.values_list("id", "obstacle")}


def _touched(
    people: Sequence[ImportedPerson], examiners: Mapping[uuid.UUID, Examiner], outcomes: Outcomes
) -> list[TouchedPerson]:
    """Return whom nothing stands in the way of, and note in `outcomes` what becomes of everybody."""
    free: list[tuple[Examiner, Mapping[str, Any]]] = []
    for person in people:
        if person.examiner_id in outcomes:
            continue
        examiner, outcome = examiners.get(person.examiner_id), UndoOutcome.CHANGED
        try:
            changes = person.changes
            if examiner and examiner.is_in_register and changes is not None:
                _ = examiner.pesel
                free.append((examiner, changes))
                outcome = _DONE[person.is_new]
        except UndecryptableError as error:
            record_undecryptable(context=error.context)
            outcome = UndoOutcome.UNREADABLE
        outcomes[person.examiner_id] = outcome
    touched = TouchedPerson.list_of(free)
    outcomes |= {found.examiner.id: UndoOutcome.CHANGED for found in touched if not found.is_untouched_since}
    return touched


def _take_back(people: Sequence[ImportedPerson], examiners: Sequence[Examiner], one: Import, by: Actor) -> None:
    """Take people back. What their entries said stays in the import's record, for its period."""
    entries = Entry.objects.filter(examiner__in=examiners).select_related("scope").prefetch_related("decisions")
    found = list(entries.order_by("number_key"))
    for person in people:
        said = [_said(entry) for entry in found if entry.examiner_id == person.examiner_id]
        kept = json.dumps({**(person.changes or {}), "taken_back": said}, ensure_ascii=False)
        person.changes_encrypted = encrypt(kept, context=changes_context(person.id))
    take_back(examiners=examiners, by=by, reason=one.undo_reason)


def _said(entry: Entry) -> dict[str, Any]:
    decisions = [[one.kind, one.reference, one.decided_on.isoformat()] for one in entry.decisions.all()]
    return {"number": entry.number, "scope": entry.scope.code, "decisions": decisions}


def _return(people: Sequence[TouchedPerson]) -> None:
    """Give people their former values back, and tell the owners of accounts, in the mailboxes of before and of now."""
    owners = set(
        Account.objects.filter(examiner__in=[one.examiner for one in people]).values_list("examiner", flat=True)
    )
    mailboxes = {one.examiner.id: owner_mailboxes(one.examiner) for one in people if one.examiner.id in owners}
    return_values(people=people)
    for one in people:
        if one.examiner.id in owners:
            notify_of_change(examiner=one.examiner, tag=Tag.IMPORT_RETURNED, mailboxes=mailboxes[one.examiner.id])

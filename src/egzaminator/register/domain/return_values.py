"""The former values of people whom an import changed, given back to them when it is undone (`imports/record.py`)."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from django.utils import timezone

from egzaminator.core.encryption import encrypt
from egzaminator.core.postal_address import PostalAddress
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.domain.settling import settle_entries
from egzaminator.register.models import Decision, Entry, Examiner, address_context

_COLUMNS: Final = [
    "surname", "first_names", "sort_key", "search_key", "email", "email_since", "email_by", "address_encrypted",
    "updated_at",
]  # fmt: skip
_OF_PERSON: Final = ("surname", "first_names", "email")


@dataclass
class TouchedPerson:
    """A person whom an import changed, as locked, with the entries and decisions that it added or changed."""

    examiner: Examiner
    changes: Mapping[str, Any]
    entries: dict[int, Entry] = field(default_factory=dict)
    decisions: dict[int, Decision] = field(default_factory=dict)

    @classmethod
    def list_of(cls, people: Iterable[tuple[Examiner, Mapping[str, Any]]]) -> list[Self]:
        """Return people with what an import touched of theirs, in two queries."""
        touched = [cls(examiner, changes) for examiner, changes in people]
        entries = Entry.objects.in_bulk([pk for one in touched for pk in one.ids("entries")])
        decisions = Decision.objects.in_bulk([pk for one in touched for pk in one.ids("decisions")])
        for one in touched:
            one.entries = {pk: entries[pk] for pk in one.ids("entries") if pk in entries}
            one.decisions = {pk: decisions[pk] for pk in one.ids("decisions") if pk in decisions}
        return touched

    def ids(self, things: str, *, is_new: bool | None = None) -> list[int]:
        """Return the ids of the entries or decisions that the import touched; of those alone that it added, or not."""
        return [one["id"] for one in self.changes[things] if is_new in (None, one["is_new"])]

    @property
    def is_untouched_since(self) -> bool:
        """Whether everything that the import wrote is still what it wrote."""
        return all(now == written for now, written in self._now_and_written())

    def _now_and_written(self) -> Iterator[tuple[Any, Any]]:
        for name in _OF_PERSON:
            if name in self.changes:
                yield getattr(self.examiner, name), self.changes[name][1]
        if "address" in self.changes:
            yield _parts(self.examiner.postal_address), self.changes["address"][1]
        for one in self.changes["entries"]:
            entry = self.entries.get(one["id"])
            yield entry and entry.examiner_id, self.examiner.id
            if entry and "number" in one:
                yield entry.number, one["number"][1]
            if entry and "scope" in one:
                yield entry.scope_id, one["scope"][1]
        for one in self.changes["decisions"]:
            decision = self.decisions.get(one["id"])
            yield decision is None, False
            if decision and "decided_on" in one:
                yield decision.decided_on.isoformat(), one["decided_on"][1]
            if decision and one["is_new"]:
                yield decision.withdrawn_at, None


def return_values(*, people: Sequence[TouchedPerson]) -> None:
    """Give people back what an import changed, and delete what it added, in the caller's transaction and locks."""
    for one in people:
        _return_to_examiner(one)
    Examiner.objects.bulk_update([one.examiner for one in people], _COLUMNS)
    Entry.objects.bulk_update(list(_returned_entries(people)), ["number", "scope_id"])
    Decision.objects.bulk_update(list(_returned_decisions(people)), ["decided_on"])
    new_entries = {pk for one in people for pk in one.ids("entries", is_new=True)}
    decided = {decision.entry_id for one in people for decision in one.decisions.values()}
    Decision.objects.filter(pk__in=[pk for one in people for pk in one.ids("decisions", is_new=True)]).delete()
    Entry.objects.filter(pk__in=new_entries).delete()
    settle_entries(entry_ids=decided - new_entries)


def _return_to_examiner(one: TouchedPerson) -> None:
    examiner, changes = one.examiner, one.changes
    for name in _OF_PERSON:
        if name in changes:
            setattr(examiner, name, changes[name][0])
    examiner.sort_key, examiner.search_key = name_keys(surname=examiner.surname, first_names=examiner.first_names)
    if "email" in changes:
        # As old, and as trusted, as it was.
        since, by = changes["email_since"], changes["email_by"]
        examiner.email_since = datetime.datetime.fromisoformat(since) if since else None
        examiner.email_by = uuid.UUID(by) if by else None
    if "address" in changes:
        former = changes["address"][0]
        context = address_context(examiner.id)
        examiner.address_encrypted = encrypt(PostalAddress(*former).as_json, context=context) if former else None
    examiner.updated_at = timezone.now()


def _parts(postal_address: PostalAddress | None) -> list[str] | None:
    return postal_address and list(postal_address)


def _returned_entries(people: Iterable[TouchedPerson]) -> Iterator[Entry]:
    for one in people:
        for changed in one.changes["entries"]:
            if not changed["is_new"]:
                entry = one.entries[changed["id"]]
                entry.number = changed.get("number", [entry.number])[0]
                entry.scope_id = changed.get("scope", [entry.scope_id])[0]
                yield entry


def _returned_decisions(people: Iterable[TouchedPerson]) -> Iterator[Decision]:
    for one in people:
        for changed in one.changes["decisions"]:
            if not changed["is_new"]:
                decision = one.decisions[changed["id"]]
                decision.decided_on = datetime.date.fromisoformat(changed["decided_on"][0])
                yield decision

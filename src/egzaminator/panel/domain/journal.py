"""Reading and exporting the journal. Both are counted as look-ups, and recorded."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from egzaminator.accounts.domain.accounts import staff_with_email
from egzaminator.accounts.domain.personal_data import accounts_of, deleted_accounts_of
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.journal import JournalFilter, iterate_events, list_events
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.paging import Page
from egzaminator.core.text import compact
from egzaminator.onboarding.models import Claim
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.looks import examiners_in, examiners_named, record_look
from egzaminator.register.domain.examiners import examiners_numbered, find_examiner
from egzaminator.register.models import Examiner


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalQuery:
    """What staff ask the journal for: a person, and what else restricts it."""

    person: uuid.UUID | None = None
    """The id of an examiner or of a staff account."""
    wanted: JournalFilter = field(default_factory=JournalFilter)


def find_person(*, asked: str, by: Actor) -> uuid.UUID | None:
    """Return the id of the person whose journal staff ask for, or None. Count and record the look-up.

    `asked` is a PESEL, an identifier or a registration number of an examiner, or a staff member's e-mail address, as
    typed. Raise `LimitReachedError` at the limit of look-ups.
    """
    found: Account | Examiner | None
    if "@" in asked:
        found = staff_with_email(email=asked).first()
    else:
        found = find_examiner(name=asked) or examiners_numbered(number=asked).first()
    person = found.id if found else None
    hit_lookup_limit(by=by, whom=str(person) if person else f"asked\0{compact(asked)}")
    record_look(tag=Tag.JOURNAL_READ, by=by, subject=person)
    return person


def subjects_of(*, person: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return the ids that a person has in events.

    They are the examiner's, those of records joined into it, those of the accounts, also of deleted ones, and those of
    the saved forms.
    """
    account = Account.objects.filter(Q(examiner=person) | Q(pk=person)).first()
    examiner = account.examiner if account else Examiner.objects.filter(pk=person).first()
    own = accounts_of(account=account) if account else []
    ids = {person, *(one.id for one in own), *(examiner.known_ids if examiner else ())}
    if examiner:
        ids |= set(deleted_accounts_of(examiner=examiner))
    return (*ids, *Claim.objects.filter(examiner__in=ids).values_list("id", flat=True))


def read_journal(*, query: JournalQuery, by: Actor, after: uuid.UUID | None = None) -> Page[Event]:
    """Return a page of the journal, and record who reads about whom. `after` is the last event of the page before.

    Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=_whom(query, after))
    page = list_events(wanted=query.wanted, after=after)
    # Of one person's journal, the person is the subject of the event.
    _record(Tag.JOURNAL_READ, query, by, {} if query.person else examiners_in(examiners_named(page.rows)))
    return page


def export_journal(*, query: JournalQuery, by: Actor) -> Iterator[list[Event]]:
    """Record the export, and return all events that are wanted until now, in batches.

    Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=_whom(query, None))
    export = _record(Tag.JOURNAL_EXPORTED, query, by)
    events = iterate_events(wanted=query.wanted)
    return events if query.person else _recorded(events, export.id)


def _recorded(batches: Iterator[list[Event]], file: uuid.UUID) -> Iterator[list[Event]]:
    """Yield the batches, and record of each whose data it holds before it is sent."""
    for events in batches:
        record_shown(file=file, people=examiners_named(events))
        yield events


def _whom(query: JournalQuery, after: uuid.UUID | None) -> str:
    return str(query.person) if query.person else f"journal\0{query.wanted}\0{after}"


def _record(tag: Tag, query: JournalQuery, by: Actor, shown: Mapping[str, list[str]] | None = None) -> Event:
    """Record who asked about whom, and for what, and whom a page showed.

    The details are in the person's own data, so they name no staff.
    """
    wanted = query.wanted
    details: dict[str, str | list[str]] = {**(shown or {})}
    if wanted.tags:
        details["tags"] = [one.value for one in wanted.tags]
    for name, moment in (("since", wanted.since), ("before", wanted.before)):
        if moment:
            details[name] = timezone.localtime(moment).isoformat()
    return record_look(tag=tag, by=by, subject=query.person or wanted.actor, details=details)

"""The journal: audit events by person, actor, tag and time, newest first, in pages or all of them."""

import datetime
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.paging import Page, cut_page, row_at, rows_after

PAGE_SIZE: Final = 50
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """Which events the journal shows. An empty field does not restrict it."""

    subjects: tuple[uuid.UUID, ...] = ()
    """The ids of one person: of the examiner and of the account."""
    actor: uuid.UUID | None = None
    tags: tuple[Tag, ...] = ()
    without: frozenset[Tag] = frozenset()
    """Tags that are left out."""
    since: datetime.datetime | None = None
    before: datetime.datetime | None = None


def list_events(*, wanted: JournalFilter, after: uuid.UUID | None = None, size: int = PAGE_SIZE) -> Page[Event]:
    """Return a page of events, newest first. `after` is the last event of the previous page, in two queries at most."""
    last = row_at(Event.objects.all(), after)
    return cut_page(last, _newest(wanted, last, size + 1), size=size)


def iterate_events(*, wanted: JournalFilter) -> Iterator[list[Event]]:
    """Yield all wanted events, newest first, in batches of one query each."""
    last = None
    while events := _newest(wanted, last, _AT_ONCE):
        yield events
        last = events[-1]


def _newest(wanted: JournalFilter, last: Event | None, most: int) -> list[Event]:
    """Return the newest events before `last`.

    Each combination of a subject and a tag reads at most `most` events by an index, in order. One query for all of them
    would have to sort every event that matches.
    """
    parts: list[QuerySet[Event]] = [
        Event.objects.filter(_condition(wanted), rows_after(last, by="-at"), one).order_by("-at", "-id")[:most]
        for one in _combinations(wanted)
    ]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return sorted(found, key=lambda event: (event.at, event.id), reverse=True)[:most]


def _condition(wanted: JournalFilter) -> Q:
    condition = Q()
    if wanted.actor:
        condition &= Q(actor=wanted.actor)
    if wanted.without:
        condition &= ~Q(tag__in=wanted.without)
    if wanted.since:
        condition &= Q(at__gte=wanted.since)
    if wanted.before:
        condition &= Q(at__lt=wanted.before)
    return condition


def _combinations(wanted: JournalFilter) -> list[Q]:
    subjects = [Q(subject=subject) for subject in wanted.subjects] or [Q()]
    tags = [Q(tag=tag) for tag in wanted.tags] or [Q()]
    return [subject & tag for subject, tag in itertools.product(subjects, tags)]

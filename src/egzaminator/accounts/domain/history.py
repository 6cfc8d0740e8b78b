"""The history of an account, as its owner may see it, in pages."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, Func, IntegerField, Max, Min, Q, QuerySet, Value

from egzaminator.accounts.domain.personal_data import subjects_of
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.journal import JournalFilter, list_events
from egzaminator.audit.enums import LOOKS, Tag
from egzaminator.audit.models import Event
from egzaminator.core.paging import Page, cut_page, row_at, rows_after

PAGE_SIZE: Final = 25


def list_looks(*, account: Account, after: uuid.UUID | None = None) -> Page[Event]:
    """Return a page of the events by which staff saw what is held about an account's owner, newest first.

    `after` is the id of the last event of the previous page.
    """
    wanted = JournalFilter(subjects=subjects_of(account=account), tags=tuple(LOOKS))
    return list_events(wanted=wanted, after=after)


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """An event as the account's owner may see it, or all events of one kind between two listed events.

    For several events, the details are empty.
    """

    tag: Tag
    at: datetime.datetime
    """When it happened; for several events, when the last one did."""
    began_at: datetime.datetime
    """When it happened; for several events, when the first one did."""
    details: Mapping[str, Any]
    count: int
    ip: str | None
    """The client's IP address, or None if it is unknown or another person's; for several events, one of theirs."""
    ip_count: int
    """From how many IP addresses the events came, other people's not counted."""


def list_history(
    *,
    account: Account,
    tags: frozenset[Tag],
    repeated: frozenset[Tag],
    after: uuid.UUID | None = None,
) -> Page[HistoryItem]:
    """Return a page of what happened to an account, and to its examiner before there was one, newest first.

    `tags` are those to show. Events with tags in `repeated` are counted between the other events rather than listed:
    otherwise, an attacker who guesses passwords could push everything else off the page. `after` is the id of the event
    that ended the previous page; an unknown one is the beginning. The number of queries does not grow with the events.
    """
    subjects = subjects_of(account=account)
    last = row_at(Event.objects.filter(subject__in=subjects), after)
    page = cut_page(last, _listed(subjects, tags - repeated, last), size=PAGE_SIZE)
    counted = Q(subject__in=subjects, tag__in=tags & repeated)
    if last:
        counted &= Q(at__lt=last.at)
    if page.next:
        counted &= Q(at__gte=page.rows[-1].at)
    items = [_item(event, subjects) for event in page.rows]
    items += _counted(Event.objects.filter(counted), [event.at for event in reversed(page.rows)], subjects)
    items.sort(key=lambda item: item.at, reverse=True)
    return Page(items, page.next, page.is_first)


def _listed(subjects: tuple[uuid.UUID, ...], tags: frozenset[Tag], last: Event | None) -> list[Event]:
    """Return up to one event more than a page, newest first.

    The query reads as many events of each subject by the index, and then keeps the newest of these.
    """
    older = rows_after(last, by="-at")
    parts = [
        Event.objects.filter(older, subject=subject, tag__in=tags).order_by("-at", "-id")[: PAGE_SIZE + 1]
        for subject in subjects
    ]
    newest = sorted(parts[0].union(*parts[1:], all=True), key=lambda event: (event.at, event.id), reverse=True)
    return newest[: PAGE_SIZE + 1]


def _item(event: Event, own_ids: tuple[uuid.UUID, ...]) -> HistoryItem:
    ip = event.ip if event.actor in (None, *own_ids) else None
    return HistoryItem(Tag(event.tag), event.at, event.at, event.details, 1, ip, int(ip is not None))


def _counted(
    events: QuerySet[Event], bounds: list[datetime.datetime], own_ids: tuple[uuid.UUID, ...]
) -> list[HistoryItem]:
    """Count events by tag and by the two moments of `bounds` (oldest first) that they lie between."""
    interval = Func(
        F("at"),
        Value(bounds),
        template="width_bucket(%(expressions)s::timestamptz[])",
        output_field=IntegerField(),
    )
    own = Q(actor__isnull=True) | Q(actor__in=own_ids)
    rows = (
        events.annotate(interval=interval)
        .values_list("tag", "interval")
        .annotate(
            Max("at"),
            Min("at"),
            Count("id"),
            own_ip=Max("ip", filter=own),
            own_ips=Count("ip", filter=own, distinct=True),
        )
    )
    return [
        HistoryItem(Tag(tag), last, first, {}, count, ip, ip_count)
        for tag, _interval, last, first, count, ip, ip_count in rows
    ]

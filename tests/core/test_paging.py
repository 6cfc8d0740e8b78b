import datetime
import uuid

import pytest
from django.test import RequestFactory

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.paging import cursor_of, page_after, row_at

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
CURSOR = uuid.UUID("5e3c1f0a-7f0b-4d53-9a55-0f6a3e0f6b11")


@pytest.mark.parametrize(
    ("query", "cursor"),
    [
        (f"?after={CURSOR}", CURSOR),
        ("", None),
        ("?after=", None),
        ("?after=nonsense", None),
        ("?after=%00", None),
        (f"?after={CURSOR}0", None),
    ],
)
def test_a_missing_or_malformed_cursor_is_the_beginning(query: str, cursor: uuid.UUID | None) -> None:
    assert cursor_of(RequestFactory().get(f"/{query}")) == cursor


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["at", "-at"])
def test_pages_hold_every_row_once_also_rows_of_one_key(by: str) -> None:
    events = [
        Event.objects.create(tag=Tag.LOGGED_OUT, at=NOON + datetime.timedelta(hours=number // 3)) for number in range(7)
    ]
    events.sort(key=lambda event: (event.at, event.id), reverse=by == "-at")
    pages = [page_after(None, Event.objects.all(), by=by, size=2)]
    while pages[-1].next:
        last = row_at(Event.objects.all(), pages[-1].next)
        pages.append(page_after(last, Event.objects.all(), by=by, size=2))
    assert [page.rows for page in pages] == [events[:2], events[2:4], events[4:6], events[6:]]
    assert [page.is_first for page in pages] == [True, False, False, False]


@pytest.mark.django_db
def test_a_full_last_page_leads_no_further() -> None:
    Event.objects.bulk_create(Event(tag=Tag.LOGGED_OUT) for _ in range(2))
    assert page_after(None, Event.objects.all(), by="at", size=2).next is None


@pytest.mark.django_db
def test_a_cursor_whose_row_is_gone_is_the_beginning() -> None:
    assert row_at(Event.objects.all(), CURSOR) is None

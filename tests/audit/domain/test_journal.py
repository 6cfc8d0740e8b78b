import datetime
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.audit.domain.journal import PAGE_SIZE, JournalFilter, iterate_events, list_events
from egzaminator.audit.enums import LOOKS, Tag
from egzaminator.audit.models import Event

pytestmark = pytest.mark.django_db
ANNA, ANNAS_ACCOUNT, OTHER, JAN, EWA = (uuid.UUID(int=number) for number in range(1, 6))
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


def happened(tag: Tag, minute: int, *, subject: uuid.UUID | None = None, actor: uuid.UUID | None = None) -> Event:
    return Event.objects.create(tag=tag, at=NOON + minute * MINUTE, subject=subject, actor=actor)


@pytest.mark.parametrize(
    ("wanted", "minutes"),
    [
        (JournalFilter(), [5, 4, 3, 2, 1]),
        (JournalFilter(subjects=(ANNA, ANNAS_ACCOUNT)), [4, 2, 1]),
        (JournalFilter(subjects=(OTHER,)), [3]),
        (JournalFilter(actor=JAN), [4, 3]),
        (JournalFilter(actor=JAN, subjects=(ANNA, ANNAS_ACCOUNT)), [4]),
        (JournalFilter(tags=(Tag.LOGGED_OUT,)), [5, 1]),
        (JournalFilter(tags=tuple(LOOKS)), [4, 3, 2]),
        (JournalFilter(tags=tuple(LOOKS), subjects=(ANNA, ANNAS_ACCOUNT)), [4, 2]),
        (JournalFilter(since=NOON + 3 * MINUTE), [5, 4, 3]),
        (JournalFilter(before=NOON + 3 * MINUTE), [2, 1]),
        (JournalFilter(since=NOON + 2 * MINUTE, before=NOON + 5 * MINUTE, actor=EWA), [2]),
        (JournalFilter(actor=ANNA), []),
    ],
)
def test_each_filter_shows_its_events_newest_first(wanted: JournalFilter, minutes: list[int]) -> None:
    happened(Tag.LOGGED_OUT, 1, subject=ANNAS_ACCOUNT)
    happened(Tag.EXAMINER_LOOKED_UP, 2, subject=ANNA, actor=EWA)
    happened(Tag.EXAMINER_LOOKED_UP, 3, subject=OTHER, actor=JAN)
    happened(Tag.CASE_LOOKED_UP, 4, subject=ANNA, actor=JAN)
    happened(Tag.LOGGED_OUT, 5)
    assert [(event.at - NOON) // MINUTE for event in list_events(wanted=wanted).rows] == minutes
    assert [(event.at - NOON) // MINUTE for batch in iterate_events(wanted=wanted) for event in batch] == minutes


@pytest.mark.parametrize("wanted", [JournalFilter(), JournalFilter(subjects=(ANNA, ANNAS_ACCOUNT), tags=tuple(LOOKS))])
def test_pages_hold_every_event_once(wanted: JournalFilter, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [
        happened(sorted(LOOKS)[number % 3], number // 4, subject=(ANNA, ANNAS_ACCOUNT)[number % 2])
        for number in range(PAGE_SIZE * 2 + 5)
    ]
    expected = sorted(events, key=lambda event: (event.at, event.id), reverse=True)
    pages = [list_events(wanted=wanted)]
    while pages[-1].next:
        pages.append(list_events(wanted=wanted, after=pages[-1].next))
    assert [event for page in pages for event in page.rows] == expected
    assert [len(page.rows) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    monkeypatch.setattr("egzaminator.audit.domain.journal._AT_ONCE", 40)
    batches = list(iterate_events(wanted=wanted))
    assert [event for batch in batches for event in batch] == expected
    assert [len(batch) for batch in batches] == [40, 40, 25]


def test_a_page_takes_one_query_and_one_for_its_cursor(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    event = happened(Tag.LOGGED_OUT, 1, subject=ANNA)
    wanted = JournalFilter(subjects=(ANNA, OTHER), tags=tuple(LOOKS))
    with django_assert_num_queries(2):
        list_events(wanted=wanted, after=event.id)


_FILL = """
INSERT INTO audit_event (id, tag, at, actor, subject, case_code, details)
SELECT gen_random_uuid(), (%(tags)s::text[])[1 + i %% 5], %(noon)s::timestamptz - i * interval '1 minute',
    CASE WHEN i %% 3 = 0 THEN lpad(to_hex(1 + i %% 20), 32, '0')::uuid END,
    lpad(to_hex(1 + i %% 5000), 32, '0')::uuid, '', '{}'
FROM generate_series(1, 60000) AS i
"""


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


@pytest.mark.slow
@pytest.mark.parametrize("after_last", [False, True])
@pytest.mark.parametrize(
    "wanted",
    [
        JournalFilter(),
        JournalFilter(subjects=(ANNA, ANNAS_ACCOUNT)),
        JournalFilter(subjects=(ANNA, ANNAS_ACCOUNT), tags=tuple(LOOKS)),
        JournalFilter(actor=JAN),
        JournalFilter(actor=JAN, since=NOON - 31 * DAY, before=NOON),
        JournalFilter(tags=(Tag.KEYS_ROTATED,)),
        JournalFilter(tags=(Tag.LOGGED_OUT,), since=NOON - 31 * DAY, before=NOON),
        JournalFilter(since=NOON - 31 * DAY, before=NOON - 30 * DAY),
    ],
)
def test_no_filter_reads_the_whole_table(wanted: JournalFilter, after_last: bool) -> None:  # noqa: FBT001 -- a parameter of a test
    tags = [Tag.LOGGED_OUT, Tag.LOGIN_SUCCEEDED, Tag.EXAMINER_LOOKED_UP, Tag.LOGIN_REFUSED, Tag.DETAILS_CHANGED]
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"tags": [tag.value for tag in tags], "noon": NOON})
        cursor.execute("ANALYZE audit_event")
    after = Event.objects.filter(at__lt=NOON - 20 * DAY).latest("at").id if after_last else None
    with CaptureQueriesContext(connection) as queries:
        list_events(wanted=wanted, after=after)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {queries[-1]['sql']}")
        plan = cursor.fetchone()[0][0]["Plan"]
    assert "Seq Scan" not in {node["Node Type"] for node in nodes(plan)}
    assert max(node["Actual Rows"] for node in nodes(plan)) <= (PAGE_SIZE + 1) * 8
    assert sum(node.get("Rows Removed by Filter", 0) for node in nodes(plan)) <= 1000

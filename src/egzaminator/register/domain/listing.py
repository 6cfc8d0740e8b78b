"""What a list of examiners shows: its pages, in the register's order, and how many there are.

A filtered list is read from the list keys. The key begins with what is filtered by, so whoever matches stands in some
ranges of one index: one for each state of the entries, standing and beginning of a name that the terms let through.
From each range no more rows are read than a page shows. So the time depends on the number of ranges, a few hundred at
most, and not on the number of examiners, however rare or frequent a combination of filters is.
"""

import uuid
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from egzaminator.core.paging import Page, cut_page, row_at
from egzaminator.core.text import sort_key_letters
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner, ListKey, Scope, Standing
from egzaminator.register.terms import Terms

COUNTED_TO: Final = 1000
# Whoever has active entries and entries that were struck off stands under both states.
_MOST_STATES: Final = 2
_LAST: Final = "\U0010ffff"  # follows every other character
_FIRST_ID: Final = uuid.UUID(int=0)

# In all SQL below, a span is a range of sort keys.
_SPANS: Final = "unnest(%(lows)s::text[], %(highs)s::text[]) AS span (low, high)"
# The spans begin at the cursor, so the condition on ids only leaves out those of its own sort key. A comparison of rows
# would not do: PostgreSQL would begin at it, and read on to the span.
_IN_SPAN: Final = "row.sort_key >= span.low AND row.sort_key < span.high"
_PEOPLE: Final = f"""
{_SPANS} CROSS JOIN LATERAL (
    SELECT row.sort_key, row.id FROM register_examiner row
    WHERE {_IN_SPAN} AND (row.sort_key > %(after)s OR row.id > %(after_id)s) AND row.joined_into_id IS NULL
      AND row.taken_back_at IS NULL
    ORDER BY row.sort_key, row.id LIMIT %(most)s
) found
"""  # noqa: S608 -- built from constants only
_KEYS: Final = f"""
unnest(%(states)s::text[]) AS state (value), unnest(%(standings)s::text[]) AS standing (value), {_SPANS}
CROSS JOIN LATERAL (
    SELECT row.sort_key, row.examiner_id AS id FROM register_listkey row
    WHERE row.facet = %(facet)s AND row.entry_state = state.value AND row.standing = standing.value
      AND {_IN_SPAN} AND (row.sort_key > %(after)s OR row.examiner_id > %(after_id)s)
    ORDER BY row.sort_key, row.examiner_id LIMIT %(most)s
) found
"""  # noqa: S608 -- built from constants only
_PAGE: Final = "SELECT DISTINCT sort_key, id FROM {found} ORDER BY sort_key, id LIMIT %(most)s"
_COUNT: Final = "SELECT count(DISTINCT id) FROM (SELECT id FROM {found} LIMIT %(enough)s) enough"

# Letter by letter, the beginnings of sort keys that some examiner has. Most spellings of a name occur nowhere, so few
# are left after each letter. The limit keeps the planner from joining the whole register instead.
_BEGINNINGS: Final = f"""
WITH RECURSIVE beginning (length, text) AS (
    SELECT 0, '' COLLATE "C"
    UNION ALL
    SELECT length + 1, text || letter.value
    FROM beginning
    JOIN unnest(%(indexes)s::int[], %(letters)s::text[]) AS letter (index, value) ON letter.index = length + 1
    CROSS JOIN LATERAL (
        SELECT FROM register_examiner
        WHERE sort_key >= text || letter.value AND sort_key < text || letter.value || '{_LAST}'
        ORDER BY sort_key LIMIT 1
    ) somebody
)
SELECT text FROM beginning WHERE length = %(length)s ORDER BY text
"""  # noqa: S608 -- built from constants only
# The standings that occur: a few dozen among any number of keys, each found by the index behind the one before.
_STANDINGS: Final = """
WITH RECURSIVE one (facet, entry_state, standing) AS (
    (SELECT facet, entry_state, standing FROM register_listkey WHERE facet = '' ORDER BY 1, 2, 3 LIMIT 1)
    UNION ALL
    SELECT next.* FROM one CROSS JOIN LATERAL (
        SELECT facet, entry_state, standing FROM register_listkey key
        WHERE key.facet = '' AND (key.entry_state, key.standing) > (one.entry_state, one.standing)
        ORDER BY 1, 2, 3 LIMIT 1
    ) next
)
SELECT DISTINCT standing FROM one
"""


class _Keys(NamedTuple):
    """The beginning of the keys that filters let through, and the standings and states in it."""

    facet: str
    states: list[str]
    standings: list[str]


def list_page(*, terms: Terms, after: uuid.UUID | None, size: int) -> Page[Examiner]:
    """Return a page of the examiners that match, with their entries and scopes, in a fixed number of queries.

    `after` is the last examiner of the page before. An unknown id is the beginning.
    """
    last = row_at(Examiner.objects.all(), after)
    ids = [examiner_id for _, examiner_id in _rows(_PAGE, terms, last, most=size + 1)]
    people = Examiner.objects.prefetch_related("entries__scope").in_bulk(ids)
    return cut_page(last, [people[one] for one in ids if one in people], size=size)


def count_listed(*, terms: Terms) -> int:
    """Return how many examiners match, or `COUNTED_TO` + 1 if it is more than `COUNTED_TO`."""
    ((count,),) = _rows(_COUNT, terms, None, most=COUNTED_TO + 1)
    return min(int(count), COUNTED_TO + 1)


def matching(*, terms: Terms) -> QuerySet[Examiner]:
    """Return the query for all examiners that match, in the register's order. It reads each of them."""
    people = Examiner.objects.in_register().order_by("sort_key", "id")
    if terms.search:
        people = people.filter(_in_spans(_spans(terms.search)))
    if terms.has_filters:
        keys = _keys(terms)
        found = ListKey.objects.filter(facet=keys.facet, entry_state__in=keys.states, standing__in=keys.standings)
        people = people.filter(id__in=found.values("examiner_id"))
    return people


def kind_facet(exam_kind: str) -> str:
    """Return the facet of an exam kind in list keys."""
    return f"kind:{exam_kind}"


def _rows(statement: str, terms: Terms, last: Examiner | None, *, most: int) -> list[tuple[Any, ...]]:
    after = last.sort_key if last else ""
    spans = [(max(low, after), high) for low, high in _spans(terms.search) if high > after]
    values: dict[str, Any] = {
        "lows": [low for low, _ in spans],
        "highs": [high for _, high in spans],
        "after": after,
        "after_id": last.id if last else _FIRST_ID,
        "most": most,
        "enough": most * _MOST_STATES,
    }
    if terms.has_filters:
        values |= _keys(terms)._asdict()
    return _fetch(statement.format(found=_KEYS if terms.has_filters else _PEOPLE), values)


def _fetch(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _spans(search: str) -> list[tuple[str, str]]:
    """Return the ranges of sort keys whose names begin with what was searched for."""
    if not search:
        return [("", _LAST)]
    letters = sort_key_letters(search)
    each = [(index, letter) for index, some in enumerate(letters, start=1) for letter in some]
    values = {
        "indexes": [index for index, _ in each],
        "letters": [letter for _, letter in each],
        "length": len(letters),
    }
    beginnings = _fetch(_BEGINNINGS, values)
    return [(beginning, beginning + _LAST) for (beginning,) in beginnings]


def _in_spans(spans: Iterable[tuple[str, str]]) -> Q:
    condition = Q(pk__in=[])
    for low, high in spans:
        condition |= Q(sort_key__gte=low, sort_key__lt=high)
    return condition


def _keys(terms: Terms) -> _Keys:
    parts = (terms.account, terms.email, terms.voivodeship)
    standings = [
        key
        for (key,) in _fetch(_STANDINGS, {})
        if all(wanted in ("", part) for wanted, part in zip(parts, Standing.of(key), strict=True))
    ]
    states = [terms.entry_state] if terms.entry_state else ["", *EntryState.values]
    return _Keys(_facet(terms), states, standings)


def _facet(terms: Terms) -> str:
    """Return the facet that filters by scope and exam kind let through: the narrower one, or one that nobody has."""
    if terms.scope is None:
        return kind_facet(terms.exam_kind) if terms.exam_kind else ""
    if terms.exam_kind and not Scope.objects.filter(pk=terms.scope, exam_kind=terms.exam_kind).exists():
        return "none"
    return f"scope:{terms.scope}"

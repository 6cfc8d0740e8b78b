"""Whose data an actor saw or changed between two moments: what a board must know after a breach (GDPR, art. 33 and 34).

The answer is made of audit events alone, whatever has become of the rows since. A record that was joined into another
counts as that one, and a deleted account as its examiner.
"""

import datetime
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from egzaminator.audit.enums import LOOKS, Tag
from egzaminator.core.paging import Page
from egzaminator.register.models import Examiner

PAGE_SIZE: Final = 50
_AT_ONCE: Final = 1000


class Way(TextChoices):
    """How somebody's data were seen."""

    LOOKED = "looked", pgettext_lazy("whose data were seen", "page of the person")
    PESEL = "pesel", pgettext_lazy("whose data were seen", "whole PESEL")
    ISSUED = "issued", pgettext_lazy("whose data were seen", "all data taken out")
    DOWNLOADED = "downloaded", pgettext_lazy("whose data were seen", "downloaded file")
    LISTED = "listed", pgettext_lazy("whose data were seen", "page of a list")
    CHANGED = "changed", pgettext_lazy("whose data were seen", "changed or asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who, and when."""

    actor: uuid.UUID | None
    """The account; None for commands and the program's own jobs, which have none."""
    since: datetime.datetime
    before: datetime.datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One way in which a person's data were seen: how often, first and last."""

    way: Way
    count: int
    first: datetime.datetime
    last: datetime.datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """A person whose data were seen."""

    examiner: Examiner
    seen: list[Seen]


@dataclass(frozen=True, slots=True)
class OtherTrace:
    """Somebody whose data were seen and who is not in the register: a colleague, or a row that is gone."""

    id: uuid.UUID
    name: str
    """The colleague's name; "" if there is no such account any more."""
    seen: list[Seen]


# An event of these tags has a subject and shows nothing of it: a refused attempt, or a file that was asked for, which
# counts once it is downloaded.
_SHOWS_NOTHING: Final = (Tag.LOOKUPS_CAPPED, Tag.EXPORT_ASKED, Tag.VALUE_UNDECRYPTABLE)
_FILES: Final = (Tag.EXPORT_DOWNLOADED, Tag.JOURNAL_EXPORTED, Tag.TRACES_EXPORTED)

# The events of the actor: everything below reads these.
_EVENTS: Final = """
events AS MATERIALIZED (
    SELECT id, tag, at, actor, subject, details FROM audit_event
    WHERE {actor} AND at >= %(since)s AND at < %(before)s
)"""
_BY_ACCOUNT: Final = "actor = %(actor)s"
# Strangers have an IP address, and no account.
_BY_PROGRAM: Final = "actor IS NULL AND ip IS NULL"

# Each part yields rows of (who, way, at). `who` is the id of an examiner, of an account, or of anything else that an
# event may be about. Whatever else shows people to staff adds its part here.
_PARTS: Final = (
    # The person whom an event is about.
    """
    SELECT subject, CASE WHEN tag = %(pesel)s THEN 'pesel' WHEN tag = %(issued)s THEN 'issued'
        WHEN tag = ANY(%(files)s) THEN 'downloaded' WHEN tag = ANY(%(looks)s) THEN 'looked' ELSE 'changed' END, at
    FROM events WHERE subject IS NOT NULL AND subject IS DISTINCT FROM actor AND tag <> ALL(%(shows_nothing)s)
    """,
    # The people on a page of a list.
    """
    SELECT one::uuid, 'listed', at
    FROM events, jsonb_array_elements_text(details -> 'examiners') AS one WHERE details ? 'examiners'
    """,
    # The people in a file.
    """
    SELECT unnest(shown.people), 'downloaded', events.at
    FROM events JOIN audit_shownpeople shown ON shown.file = COALESCE((details ->> 'export')::uuid, events.id)
    WHERE tag = ANY(%(files)s)
    """,
    # The people whose data an import wrote.
    """
    SELECT person.examiner_id, 'changed', events.at
    FROM events JOIN register_importedperson person ON person.source_id = (details ->> 'import')::uuid
    WHERE tag = %(imported)s
    """,
)
_PEOPLE: Final = """
WITH {events}, seen(who, way, at) AS ({parts}),
ways AS (
    SELECT who, way, count(*) AS times, min(at) AS first, max(at) AS last FROM seen GROUP BY who, way
),
deleted AS (
    SELECT subject, (details ->> 'examiner')::uuid AS examiner_id FROM audit_event
    WHERE tag = %(deleted)s AND details ? 'examiner'
),
people AS (
    SELECT COALESCE(one.joined_into_id, one.id) AS person, ways.*
    FROM ways
    LEFT JOIN accounts_account account ON account.id = ways.who
    LEFT JOIN deleted ON deleted.subject = ways.who
    LEFT JOIN register_examiner one ON one.id = COALESCE(account.examiner_id, deleted.examiner_id, ways.who)
)
"""
_SEEN: Final = (
    "jsonb_agg(jsonb_build_array(way, times, first, last) ORDER BY last DESC, way)"
    " FROM (SELECT {key}, way, sum(times) AS times, min(first) AS first, max(last) AS last"
    " FROM people WHERE {which} GROUP BY {key}, way) AS summed"
)
_EXAMINERS: Final = (
    "SELECT person, "
    + _SEEN.format(key="person", which="person IS NOT NULL")
    + " JOIN register_examiner found ON found.id = person WHERE (found.sort_key, found.id) > (%(key)s, %(after)s)"
    " GROUP BY person, found.sort_key ORDER BY found.sort_key, person LIMIT %(most)s"
)
_COUNT: Final = "SELECT count(DISTINCT person) FROM people"
_OTHERS: Final = (
    "SELECT who, COALESCE(colleague.name, ''), "
    + _SEEN.format(key="who", which="person IS NULL")
    + " LEFT JOIN accounts_account colleague ON colleague.id = who"
    " GROUP BY who, colleague.name ORDER BY colleague.name NULLS LAST, who"
)


def count_people(*, question: Question) -> int:
    """Return how many people of the register there are in the answer."""
    ((count,),) = _rows(question, _COUNT)
    return int(count)


def list_people(*, question: Question, after: uuid.UUID | None = None) -> Page[Trace]:
    """Return a page of the answer, in the register's order. `after` is the last person of the page before."""
    last = Examiner.objects.filter(pk=after).first() if after else None
    found = _traces(_rows(question, _EXAMINERS, last=last, most=PAGE_SIZE + 1))
    rows = found[:PAGE_SIZE]
    return Page(rows, rows[-1].examiner.pk if len(found) > PAGE_SIZE else None, is_first=last is None)


def list_others(*, question: Question) -> list[OtherTrace]:
    """Return who else is in the answer: colleagues, and rows that are gone and name nobody any more."""
    return [OtherTrace(key, name, _seen(seen)) for key, name, seen in _rows(question, _OTHERS)]


def iterate_people(*, question: Question) -> Iterator[list[Trace]]:
    """Yield the whole answer in batches, as one moment has it.

    Until a batch is yielded it is ids and counts alone, in one query.
    """
    rows = _rows(question, _EXAMINERS)
    for start in range(0, len(rows), _AT_ONCE):
        yield _traces(rows[start : start + _AT_ONCE])


def _rows(question: Question, select: str, *, last: Examiner | None = None, most: int | None = None) -> list[Any]:
    sql, values = _query(question, select, last=last, most=most)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _query(question: Question, select: str, *, last: Examiner | None, most: int | None) -> tuple[str, dict[str, Any]]:
    """Return a query of the answer, and its values. No value of anybody's is part of its text."""
    events = _EVENTS.format(actor=_BY_PROGRAM if question.actor is None else _BY_ACCOUNT)
    values = {
        "actor": question.actor,
        "since": question.since,
        "before": question.before,
        "pesel": Tag.PESEL_SHOWN.value,
        "issued": Tag.DATA_ISSUED.value,
        "imported": Tag.REGISTER_IMPORTED.value,
        "deleted": Tag.ACCOUNT_DELETED.value,
        "files": [tag.value for tag in _FILES],
        "looks": [tag.value for tag in LOOKS],
        "shows_nothing": [tag.value for tag in _SHOWS_NOTHING],
        "key": last.sort_key if last else "",
        "after": last.pk if last else uuid.UUID(int=0),
        "most": most,
    }
    return _PEOPLE.format(events=events, parts=" UNION ALL ".join(_PARTS)) + select, values


def _traces(rows: list[tuple[uuid.UUID, Any]]) -> list[Trace]:
    people = Examiner.objects.select_related("account").prefetch_related("entries").in_bulk([key for key, _ in rows])
    return [Trace(people[key], _seen(seen)) for key, seen in rows]


def _seen(found: str) -> list[Seen]:
    """Return the ways of one person. A cursor of Django's gives JSON as text."""
    return [
        Seen(Way(way), count, datetime.datetime.fromisoformat(first), datetime.datetime.fromisoformat(last))
        for way, count, first, last in json.loads(found)
    ]

"""Lists show whom their terms let through, in the register's order, by pages and by counts."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.core.text import compact, fold, sort_key
from egzaminator.register.domain import listing
from egzaminator.register.domain.listing import COUNTED_TO, count_listed, list_page, matching
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Entry, Examiner, ListKey, Scope, Standing
from egzaminator.register.terms import Terms

pytestmark = pytest.mark.django_db
STANDINGS = ["none/none/", "none/unconfirmed/", "waiting/unconfirmed/", "active/confirmed/30", "frozen/confirmed/14"]
NAMES = [
    ("Zając", "Ewa"), ("Żak", "Adam"), ("Zakrzewska", "Łucja"), ("Źak", "Jan"), ("Kowalska", "Anna"),
    ("Kowalska", "Anna Maria"), ("Kowalska", "Zofia"), ("Kowalska-Nowak", "Anna"), ("Kowalskainna", "Ada"),
    ("Łukasik", "Jan"), ("Lukasik", "Jan"), ("Müller", "Ina"), ("O'Hara", "Ed"), ("Lis", "Jan"), ("Lisak", "Adam"),
]  # fmt: skip
KOWALSKA = ["Kowalska Anna", "Kowalska Anna Maria", "Kowalska Zofia"]


@pytest.fixture
def scopes() -> list[Scope]:
    return [
        Scope.objects.create(code="MMA", name="matematyka", exam_kind=ExamKind.MATURA),
        Scope.objects.create(code="MBI", name="biologia", exam_kind=ExamKind.MATURA),
        Scope.objects.create(code="INF.02", name="informatyk", exam_kind=ExamKind.VOCATIONAL),
    ]


@pytest.fixture
def people(scopes: list[Scope]) -> list[Examiner]:
    """Return forty-five examiners, whose entries and standings differ in all ways."""
    entries: Iterator[tuple[tuple[int, EntryState], ...]] = itertools.cycle(
        [
            (),
            ((0, EntryState.ACTIVE),),
            ((0, EntryState.ACTIVE), (1, EntryState.ACTIVE)),
            ((0, EntryState.STRUCK_OFF), (0, EntryState.ACTIVE), (2, EntryState.ACTIVE)),
            ((1, EntryState.STRUCK_OFF), (2, EntryState.STRUCK_OFF)),
            ((2, EntryState.ACTIVE),),
            ((0, EntryState.ACTIVE), (1, EntryState.STRUCK_OFF)),
        ]
    )
    standings = itertools.cycle(STANDINGS)
    found = [
        add(surname, first_names, next(standings), [(scopes[index], state) for index, state in next(entries)])
        for surname, first_names in NAMES * 3
    ]
    return sorted(found, key=lambda examiner: (examiner.sort_key, examiner.id))


def add(
    surname: str, first_names: str, standing: str = STANDINGS[0], entries: list[tuple[Scope, EntryState]] | None = None
) -> Examiner:
    """Create an examiner with the keys that `panel/domain/list_keys.py` makes, which its own tests hold to."""
    key = sort_key(surname, first_names)
    examiner = Examiner.objects.create(
        surname=surname, first_names=first_names, sort_key=key, search_key="", identifier_key=uuid.uuid4().hex
    )
    facets = {("", "")} if not entries else set()
    for scope, state in entries or []:
        number = uuid.uuid4().hex
        Entry.objects.create(examiner=examiner, scope=scope, number=number, number_key=compact(number), state=state)
        facets |= {("", state), (f"kind:{scope.exam_kind}", state), (f"scope:{scope.pk}", state)}
    ListKey.objects.bulk_create(
        ListKey(examiner=examiner, facet=facet, entry_state=state, standing=standing, sort_key=key)
        for facet, state in facets
    )
    return examiner


def is_meant(examiner: Examiner, terms: Terms) -> bool:
    """Say by what the words mean whether terms let an examiner through."""
    folded = fold(f"{examiner.surname} {examiner.first_names}")
    if not any(text.startswith(fold(terms.search)) for text in (folded, folded.replace("-", " "))):
        return False
    standing = Standing.of(ListKey.objects.filter(examiner=examiner)[0].standing)
    wanted = (terms.account, terms.email, terms.voivodeship)
    if not all(one in ("", part) for one, part in zip(wanted, standing, strict=True)):
        return False
    if terms.scope is None and not terms.exam_kind and not terms.entry_state:
        return True
    return any(
        terms.scope in (None, entry.scope_id)
        and terms.exam_kind in ("", entry.scope.exam_kind)
        and terms.entry_state in ("", entry.state)
        for entry in examiner.entries.select_related("scope")
    )


def pages_of(terms: Terms, size: int) -> list[list[Examiner]]:
    pages = [list_page(terms=terms, after=None, size=size)]
    while pages[-1].next:
        pages.append(list_page(terms=terms, after=pages[-1].next, size=size))
    return [page.rows for page in pages]


def all_terms(scopes: list[Scope]) -> Iterator[Terms]:
    values: Iterator[tuple[Any, ...]] = itertools.product(
        ["", "z", "kowalska an"],
        [None, scopes[0].pk, scopes[2].pk],
        ["", ExamKind.MATURA.value],
        ["", EntryState.ACTIVE.value, EntryState.STRUCK_OFF.value],
        ["", "none", "active"],
        ["", "unconfirmed"],
        ["", "30"],
    )
    names = ("search", "scope", "exam_kind", "entry_state", "account", "email", "voivodeship")
    for combination in values:
        yield Terms(**dict(zip(names, combination, strict=True)))


@pytest.mark.slow
def test_every_combination_of_filters_lists_whom_it_means(people: list[Examiner], scopes: list[Scope]) -> None:
    combinations = 0
    for terms in all_terms(scopes):
        expected = [examiner for examiner in people if is_meant(examiner, terms)]
        assert list_page(terms=terms, after=None, size=100).rows == expected, terms
        assert count_listed(terms=terms) == len(expected), terms
        assert list(matching(terms=terms)) == expected, terms
        combinations += 1
    assert combinations == 3 * 3 * 2 * 3 * 3 * 2 * 2


@pytest.mark.parametrize("size", [1, 4, 44, 45])
def test_pages_hold_everybody_once_in_order(people: list[Examiner], scopes: list[Scope], size: int) -> None:
    for terms in (Terms(), Terms(account="none"), Terms(exam_kind="matura"), Terms(search="kow", entry_state="active")):
        expected = [examiner for examiner in people if is_meant(examiner, terms)]
        pages = pages_of(terms, size)
        assert list(itertools.chain(*pages)) == expected
        assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("zak", ["Zakrzewska Łucja", "Źak Jan", "Żak Adam"]),
        ("ŻAK", ["Zakrzewska Łucja", "Źak Jan", "Żak Adam"]),
        ("Kowalska Anna", KOWALSKA[:2]),
        ("kowalskai", ["Kowalskainna Ada"]),
        ("kowalska", [*KOWALSKA, "Kowalska-Nowak Anna", "Kowalskainna Ada"]),
        ("kowalska nowak", ["Kowalska-Nowak Anna"]),
        ("lukasik", ["Lukasik Jan", "Łukasik Jan"]),
        ("muller", ["Müller Ina"]),
        ("o’hara", ["O'Hara Ed"]),
        ("Anna", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("\U0010ffff", []),
        ("z" * 100, []),
    ],
)  # fmt: skip
def test_a_search_finds_the_beginning_of_a_surname_whatever_its_accents(search: str, names: list[str]) -> None:
    found = [examiner.name_by_surname for examiner in list_page(terms=Terms(search=search), after=None, size=100).rows]
    assert list(dict.fromkeys(found)) == names
    assert len(found) == 3 * len(names)


@pytest.mark.usefixtures("people")
def test_whoever_is_unknown_is_the_beginning_and_whoever_was_filtered_out_since_is_not() -> None:
    everybody = list_page(terms=Terms(), after=None, size=100).rows
    assert list_page(terms=Terms(), after=uuid.uuid4(), size=100).rows == everybody
    blocked = list_page(terms=Terms(account="frozen"), after=None, size=100).rows
    last = next(one for one in everybody if one not in blocked and one.sort_key > blocked[3].sort_key)
    following = list_page(terms=Terms(account="frozen"), after=last.id, size=100).rows
    assert following == [one for one in blocked if (one.sort_key, one.id) > (last.sort_key, last.id)]


def test_a_record_that_was_joined_into_another_is_on_no_list() -> None:
    kept, other = add("Lis", "Jan"), add("Lis", "Jan")
    Examiner.objects.filter(pk=other.pk).update(joined_into=kept)
    for terms in (Terms(), Terms(search="lis")):
        assert (list_page(terms=terms, after=None, size=10).rows, list(matching(terms=terms))) == ([kept], [kept])
        assert count_listed(terms=terms) == 1


def test_more_than_a_thousand_are_not_counted(scopes: list[Scope], monkeypatch: pytest.MonkeyPatch) -> None:
    assert COUNTED_TO == 1000
    monkeypatch.setattr(listing, "COUNTED_TO", 3)
    for count, counted in ((2, 2), (3, 3), (4, 4), (6, 4)):
        while Examiner.objects.count() < count:  # each stands under two states, and is one person
            add("Lis", "Jan", entries=[(scopes[0], EntryState.ACTIVE), (scopes[0], EntryState.STRUCK_OFF)])
        for terms in (Terms(scope=scopes[0].pk), Terms(search="l"), Terms(account="none", search="lis")):
            assert count_listed(terms=terms) == counted


def test_a_search_is_no_pattern_and_no_sql() -> None:
    add("Lis", "Jan")
    for search in ("l%", "l_s", "'; --", "lis'", '"', "$$", "{found}", "%(lows)s", "%s"):
        assert count_listed(terms=Terms(search=search)) == 0
        assert count_listed(terms=Terms(search=search, account="none")) == 0


def test_the_number_of_queries_does_not_grow(scopes: list[Scope]) -> None:
    terms = Terms(search="l", scope=scopes[0].pk, exam_kind="matura", account="none")
    counts = []
    for count in (1, 3):
        while Examiner.objects.count() < count:
            add("Lis", "Jan", entries=[(scopes[0], EntryState.ACTIVE)])
        with CaptureQueriesContext(connection) as queries:
            page = list_page(terms=terms, after=uuid.uuid4(), size=50)
            assert [[entry.scope.name for entry in examiner.entries.all()] for examiner in page.rows] == [ANY] * count
        counts.append(len(queries))
    assert counts[0] == counts[1]

"""The lists of examiners that staff look at. Each page is counted as one look-up, and recorded with who was on it."""

import uuid
from dataclasses import dataclass
from typing import Final

from egzaminator.audit.actor import Actor
from egzaminator.core.paging import Page
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.list_keys import refresh_list_keys, standings_of
from egzaminator.panel.domain.looks import record_list
from egzaminator.register.domain.examiners import examiners_called, examiners_numbered
from egzaminator.register.domain.listing import count_listed, list_page
from egzaminator.register.domain.selections import select
from egzaminator.register.models import Entry, Examiner, Selection, Standing
from egzaminator.register.terms import Terms

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class ListedExaminer:
    """A row of a list."""

    examiner: Examiner
    entries: list[Entry]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, and how many match the filters; None if nobody counts them for this page."""

    page: Page[Examiner]
    rows: list[ListedExaminer]
    count: int | None


def is_exact(asked: str) -> bool:
    """Return whether what was typed is a PESEL, an identifier or a number, and not the beginning of a name.

    Names have no digits. A number or an identifier without any is one that the register has.
    """
    if any(char.isdigit() for char in asked):
        return True
    return examiners_called(name=asked).exists() or examiners_numbered(number=asked).exists()


def make_selection(*, terms: Terms, by: Actor) -> Selection:
    """Return a staff member's selection with these terms. It is counted as its first page, which is shown next.

    Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=_whom(terms, None))
    return select(terms=terms, maker=uuid.UUID(str(by.account_id)))


def list_examiners(
    *, terms: Terms, by: Actor, after: uuid.UUID | None = None, selection: Selection | None = None
) -> Listed:
    """Return a page of the register's list. Count and record it. Raise `LimitReachedError` at the limit of look-ups.

    `after` is the last examiner of the page before. The number of queries does not depend on how many there are.
    """
    hit_lookup_limit(by=by, whom=_whom(terms, after))
    refresh_list_keys()
    page = list_page(terms=terms, after=after, size=PAGE_SIZE)
    ids = [examiner.id for examiner in page.rows]
    standings = standings_of(ids)
    record_list(people=ids, by=by, details={"selection": str(selection.id)} if selection else None)
    rows = [
        ListedExaminer(examiner, _in_order(examiner), standings[examiner.id])
        for examiner in page.rows
        if examiner.id in standings
    ]
    return Listed(page, rows, None if terms == Terms() else count_listed(terms=terms))


def _whom(terms: Terms, after: uuid.UUID | None) -> str:
    return f"list\0{terms}\0{after}"


def _in_order(examiner: Examiner) -> list[Entry]:
    return sorted(examiner.entries.all(), key=lambda entry: entry.number_key)

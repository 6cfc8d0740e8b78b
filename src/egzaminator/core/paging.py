"""Paging by key: a page is the rows after a cursor, so that a late page costs as little as the first.

The cursor is the id of the last row of the previous page, and stands in the URL as `?after=`.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

_PARAMETER: Final = "after"  # also in templates/pages.html


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list."""

    rows: list[Item]
    next: Any
    """The cursor of the next page: the id of this one's last row, a UUID or a number; None on the last page."""
    is_first: bool


def cursor_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the cursor in a request's URL. Return None, which is the beginning, if it is missing or malformed."""
    try:
        return uuid.UUID(request.GET.get(_PARAMETER, ""))
    except ValueError:
        return None


def number_cursor_of(request: HttpRequest) -> int | None:
    """Return the cursor in a request's URL, for rows that are numbered."""
    try:
        return int(request.GET.get(_PARAMETER, ""))
    except ValueError:
        return None


def row_at(rows: QuerySet[Row], cursor: uuid.UUID | int | None) -> Row | None:
    """Return the row that a cursor names. Return None, which is the beginning, if there is no such row any more."""
    return rows.filter(pk=cursor).first() if cursor else None


def rows_after(last: Model | None, *, by: str) -> Q:
    """Return the condition for the rows after `last`, ordered by a column and then by key. None for `last`: all rows.

    `by` is the column's name. A leading "-" means descending order, of the keys too.
    """
    if last is None:
        return Q()
    column, beyond = (by[1:], "lt") if by.startswith("-") else (by, "gt")
    value: Any = getattr(last, column)
    # The first condition is redundant, but the only one that an index scan can begin at.
    not_before = Q(**{f"{column}__{beyond}e": value})
    return not_before & (Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": last.pk}))


def page_after(last: Row | None, rows: QuerySet[Row], *, by: str, size: int) -> Page[Row]:
    """Return the page of `rows` after the row `last`, in the order that `rows_after` describes. Runs one query."""
    tie_breaker = "-pk" if by.startswith("-") else "pk"
    return cut_page(last, list(rows.filter(rows_after(last, by=by)).order_by(by, tie_breaker)[: size + 1]), size=size)


def cut_page(last: Row | None, found: list[Row], *, size: int) -> Page[Row]:
    """Return the page of the rows found after `last`. One more row than fits on the page shows that another follows."""
    rows = found[:size]
    return Page(rows, rows[-1].pk if len(found) > size else None, is_first=last is None)

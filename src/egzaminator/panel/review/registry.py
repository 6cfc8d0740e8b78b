"""All kinds of what waits, in the order of the list: the gravest first. A new kind is a declaration and a line here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from egzaminator.accounts.models import Account
from egzaminator.core.paging import rows_after
from egzaminator.panel.review.account_kinds import CHANGES, NOT_ME, RESIDENCES, SURNAMES
from egzaminator.panel.review.form_kinds import FORM_SURNAMES, STOPPED
from egzaminator.panel.review.kind import Counts, ReviewKind
from egzaminator.panel.review.mail_kinds import RETURNED
from egzaminator.panel.review.other_kinds import ACTS, SCOPES, UNDECRYPTABLE
from egzaminator.staff.domain.act_lists import VIEW_ACT

KINDS: Final[tuple[ReviewKind[Any], ...]] = (
    NOT_ME,
    STOPPED,
    ACTS,
    CHANGES,
    SURNAMES,
    FORM_SURNAMES,
    RESIDENCES,
    RETURNED,
    UNDECRYPTABLE,
    SCOPES,
)
COUNTED_TO: Final = 1000
PAGE_SIZE: Final = 50


def kinds_for(member: Account) -> list[ReviewKind[Any]]:
    """Return the kinds that a staff member sees: none without the permission of the screen."""
    return [kind for kind in KINDS if member.has_perm(VIEW_ACT) and member.has_perm(kind.permission)]


def count_waiting(*, kinds: Sequence[ReviewKind[Any]], member: Account | None) -> Counts:
    """Return how much waits of some kinds for a staff member (None: for anybody), in one query.

    It stops after `COUNTED_TO` rows of a kind, so that it is as quick when a million wait.
    """
    sums: list[str] = []
    values: list[Any] = []
    for kind in kinds:
        parts = []
        for part in kind.waiting(member):
            sql, parameters = part.order_by().values("pk").query.sql_with_params()
            parts.append(sql)
            values += parameters
        rows = f"SELECT FROM ({' UNION ALL '.join(parts)}) AS waiting LIMIT {COUNTED_TO + 1}"
        sums.append(f"(SELECT COUNT(*) FROM ({rows}) AS counted)" if parts else "0")  # noqa: S608 -- Django made the parts
    if not sums:
        return Counts()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sums)}", values)
        found = cursor.fetchone()
    return Counts({kind.slug: count for kind, count in zip(kinds, found, strict=True)})


def number_text(number: int) -> str:
    """Return a number that was counted up to `COUNTED_TO`, in words beyond that."""
    return str(number) if number <= COUNTED_TO else _("more than 1,000")


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind on a page."""

    kind: ReviewKind[Any]
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of the list. Its cursors name the kind and the key of a row: "zakresy.17"."""

    groups: list[Group]
    next: str | None
    is_first: bool


def review_page(*, kinds: Sequence[ReviewKind[Any]], member: Account, after: str = "") -> ReviewPage:
    """Return a page of what waits, one kind after the other, each by its order, in one query a kind.

    `after` is the last row of the page before. If it waits no longer, the page begins where its kind does; an unknown
    cursor is the beginning.
    """
    slug, _dot, key = after.partition(".")
    start = next((index for index, kind in enumerate(kinds) if kind.slug == slug), None)
    groups: list[Group] = []
    room, following = PAGE_SIZE, None
    for index, kind in enumerate(kinds[start or 0 :]):
        last = _row_at(kind, key) if start is not None and not index else None
        found = _rows(kind, member, last, room + 1)
        if found[:room]:
            groups.append(Group(kind, found[:room]))
        if len(found) > room:
            end = groups[-1]
            following = f"{end.kind.slug}.{end.rows[-1].pk}"
            break
        room -= len(found)
    return ReviewPage(groups, following, is_first=start is None)


def _row_at(kind: ReviewKind[Any], key: str) -> Any:
    """Return the row that a cursor names, or None if the cursor is not of this kind, or the row waits no longer."""
    rows = kind.rows()
    try:
        row = rows.filter(pk=rows.model._meta.pk.to_python(key)).first()  # noqa: SLF001 -- public, by Django
    except (ValidationError, OverflowError):
        return None
    return row if row is not None and getattr(row, kind.order) is not None else None


def _rows(kind: ReviewKind[Any], member: Account, last: Any, most: int) -> list[Any]:
    parts = [
        part.filter(rows_after(last, by=kind.order)).order_by(kind.order, "pk")[:most] for part in kind.waiting(member)
    ]
    if len(parts) > 1:
        return list(parts[0].union(*parts[1:], all=True).order_by(kind.order, "pk")[:most])
    return list(parts[0]) if parts else []

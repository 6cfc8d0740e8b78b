"""The preview of an import: what the rows of its file would do to the register."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.db.models import Q

from egzaminator.core.paging import Page
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.enums import DecisionKind, RegisterField, RowOutcome
from egzaminator.register.models import Import, ImportRow
from egzaminator.register.problems import Problem, RowProblem

PAGE_SIZE: Final = 50
_ROWS_AT_ONCE: Final = 1000


class PreviewPart(StrEnum):
    """The parts of a preview. Each has pages of its own."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"
    APART = "apart"
    """The rows that would change back what staff corrected by hand. They are among the others too."""
    MOVED = "moved"
    """The rows under which the register changed after the file was checked. They are among the others too."""


class ValueChange(NamedTuple):
    """A value that a row changes, from and to."""

    field: RegisterField
    old: str
    """Dates as 2026-11-22, scopes as their codes."""
    new: str


class NewDecision(NamedTuple):
    """A decision that a row adds."""

    kind: DecisionKind
    reference: str
    decided_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """What the preview shows of a row. What is wrong in a wrong row stands in it as "" or is not there."""

    line: int
    sheet: str
    outcome: RowOutcome
    examiner_id: uuid.UUID | None
    """None: the register does not have this person yet, or the row is wrong."""
    name: str
    """Surname and first names, as the file has them."""
    number: str
    scope: str
    is_new_person: bool
    is_new_entry: bool
    decision: NewDecision | None
    """The decision that the row adds; None: the register has it, or the row is wrong."""
    changes: Sequence[ValueChange]
    apart: Sequence[ValueChange]
    """The changes that stand against a correction by hand. They are made only if the row is ticked."""
    problems: Sequence[RowProblem]
    is_ticked: bool
    is_moved: bool

    @property
    def is_apart(self) -> bool:
        """Whether the row would change back what staff corrected by hand."""
        return bool(self.apart)


_WHICH: Final = {
    PreviewPart.NEW: Q(outcome=RowOutcome.NEW),
    PreviewPart.CHANGED: Q(outcome=RowOutcome.CHANGED),
    PreviewPart.SAME: Q(outcome=RowOutcome.SAME),
    PreviewPart.WRONG: Q(outcome=RowOutcome.WRONG),
    PreviewPart.APART: Q(is_apart=True),
    PreviewPart.MOVED: Q(is_moved=True),
}


def preview(*, of: Import, part: PreviewPart, after: int | None = None, size: int = PAGE_SIZE) -> Page[PreviewRow]:
    """Return a page of a part of the preview, in the order of the file; `after` is the last line of the page before.

    One query, whatever the number of rows. There are no rows once the import is applied, given up, or a day old.
    Raise `UndecryptableError`.
    """
    report = ImportReport.of(of)
    rows = list(ImportRow.objects.filter(_WHICH[part], source=of, line__gt=after or 0).order_by("line")[: size + 1])
    shown = [_row(row, report) for row in rows[:size]]
    return Page(shown, shown[-1].line if len(rows) > size else None, is_first=not after)


def rows_of(*, of: Import, part: PreviewPart) -> Iterator[PreviewRow]:
    """Yield all rows of a part of the preview, in the order of the file, without holding them in memory."""
    report = ImportReport.of(of)
    rows = ImportRow.objects.filter(_WHICH[part], source=of).order_by("line")
    yield from (_row(row, report) for row in rows.iterator(chunk_size=_ROWS_AT_ONCE))


def count_part(*, of: Import, part: PreviewPart) -> int:
    """Return how many rows a part has."""
    return ImportRow.objects.filter(_WHICH[part], source=of).count()


def count_to_apply(one: Import) -> int:
    """Return how many rows of a checked import would change the register, or 0 if some are wrong.

    A row whose only change stands apart is one of them once it is ticked.
    """
    if one.counts["wrong"]:
        return 0
    ticked = ImportRow.objects.filter(source=one, outcome=RowOutcome.SAME, is_ticked=True).count()
    return int(one.counts["new"] + one.counts["changed"] + ticked)


def _row(row: ImportRow, report: ImportReport) -> PreviewRow:
    shown = row.shown
    decision = shown.get("decision")
    return PreviewRow(
        line=row.line,
        sheet=report.sheet,
        outcome=RowOutcome(row.outcome),
        examiner_id=row.examiner_id,
        name=shown["name"],
        number=shown["number"],
        scope=shown["scope"],
        is_new_person=shown.get("is_new_person", False),
        is_new_entry=shown.get("is_new_entry", False),
        decision=NewDecision(DecisionKind(decision[0]), *decision[1:]) if decision else None,
        changes=_changes(shown.get("changes", [])),
        apart=_changes(shown.get("apart", [])),
        problems=[_problem(row.line, problem, report) for problem in shown.get("problems", [])],
        is_ticked=row.is_ticked,
        is_moved=row.is_moved,
    )


def _changes(kept: Sequence[Sequence[str]]) -> list[ValueChange]:
    return [ValueChange(RegisterField(field), old, new) for field, old, new in kept]


def _problem(line: int, kept: Sequence[Any], report: ImportReport) -> RowProblem:
    column, name, detail = kept
    return RowProblem(
        line,
        Column(column) if column else None,
        Problem[name],
        detail,
        sheet=report.sheet,
        heading=report.headings.get(column or "", ""),
    )

"""What the preview shows of the rows of a file: made from the plan, kept encrypted, compared when it is applied."""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Count

from egzaminator.core.encryption import encrypt
from egzaminator.core.text import full_name
from egzaminator.register.columns import Column
from egzaminator.register.domain.cells import parse_name, parse_number, parse_scope
from egzaminator.register.domain.imports.corrections import KeptValue
from egzaminator.register.domain.imports.plan import PlannedRow, planned_rows, planned_text
from egzaminator.register.domain.match_columns import Columns
from egzaminator.register.domain.rows import Cell
from egzaminator.register.enums import RegisterField, RowOutcome
from egzaminator.register.errors import BadCellError
from egzaminator.register.models import Import, ImportRow, shown_context
from egzaminator.register.problems import Problem, RowProblem

_COPY: Final = """
COPY register_importrow (id, source_id, line, outcome, examiner_id, shown_encrypted, is_apart, is_ticked, is_moved)
FROM STDIN (FORMAT BINARY)
"""
_TYPES: Final = ("uuid", "uuid", "int4", "text", "uuid", "bytea", "bool", "bool", "bool")
_COLUMNS: Final = tuple(Column)
# Whether a row does something to a record of whoever sent the file.
IsOwn = Callable[[PlannedRow], bool]
# Makes it for an account.
OwnRows = Callable[[uuid.UUID | None], IsOwn]


class ShownRow(NamedTuple):
    """What the preview shows of a row, not yet encrypted."""

    line: int
    outcome: RowOutcome
    examiner_id: uuid.UUID | None
    shown: dict[str, Any]
    """As `preview.py` reads it: name, number, scope, decision, changes, apart, problems."""

    @property
    def is_apart(self) -> bool:
        """Whether a value in it was corrected by hand since."""
        return bool(self.shown.get("apart"))

    @property
    def text(self) -> str:
        """What is shown, as it is kept, but for the encryption."""
        return json.dumps(self.shown, ensure_ascii=False)


def does(shown: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a row that was shown so does to the register, whether or not what is apart is taken."""
    values = {tuple(change) for name in ("changes", "apart") for change in shown.get(name, [])}
    decision = tuple(shown.get("decision") or ())
    is_new = shown.get("is_new_person", False), shown.get("is_new_entry", False)
    return is_new, decision, sorted(values), [tuple(problem) for problem in shown.get("problems", [])]


def shown_rows(
    *, kept: Iterable[KeptValue], problems: Iterable[RowProblem], codes: Mapping[int, str], is_own: IsOwn
) -> Generator[ShownRow]:
    """Yield what the plan makes of each staged row, in the order of the file.

    `kept` are the values corrected by hand, `problems` the conflicts, and `codes` those of all scopes by id. A row that
    is the uploader's own is wrong: nobody acts on their own record.
    """
    apart, wrong = defaultdict[int, list[KeptValue]](list), defaultdict[int, list[RowProblem]](list)
    for value in kept:
        apart[value.line].append(value)
    for problem in problems:
        wrong[problem.line].append(problem)
    for row in planned_rows():
        if is_own(row):
            wrong[row.line].append(RowProblem(row.line, None, Problem.OWN))
        if row.line in wrong:
            seen = {"name": full_name(row.surname, row.first_names), "number": row.number, "scope": codes[row.scope_id]}
            yield wrong_row(row.line, seen, wrong[row.line])
        else:
            yield _planned(row, apart.get(row.line, ()), codes)


def wrong_row(line: int, seen: Mapping[str, str], problems: Sequence[RowProblem]) -> ShownRow:
    """Return what is shown of a row with problems. `seen` are its name, number and scope, as far as they are valid."""
    found = [[problem.column, problem.problem.name, problem.detail] for problem in problems]
    return ShownRow(line, RowOutcome.WRONG, None, {**seen, "problems": found})


def valid_cells(cells: Sequence[Cell], columns: Columns) -> dict[str, str]:
    """Return the name, number and scope of a wrong row, each "" if it is wrong itself."""
    at = dict(zip(_COLUMNS, columns.indexes, strict=True))

    def value(column: Column, parse: Any) -> Any:
        index = at[column]
        with suppress(BadCellError):
            return parse(cells[index]) if index is not None and index < len(cells) else ""
        return ""

    surname, first_names = value(Column.SURNAME, parse_name), value(Column.FIRST_NAMES, parse_name)
    number = value(Column.NUMBER, parse_number)
    return {
        "name": full_name(surname, first_names) if surname and first_names else "",
        "number": number.text if number else "",
        "scope": value(Column.SCOPE, parse_scope),
    }


def keep_rows(one: Import, rows: Iterable[ShownRow]) -> None:
    """Keep some rows for the preview, in the caller's transaction."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            key = uuid.uuid4()
            encrypted = encrypt_shown(key, row)
            copy.write_row(
                (key, one.pk, row.line, row.outcome.value, row.examiner_id, encrypted, row.is_apart, False, False)
            )


def encrypt_shown(key: uuid.UUID, row: ShownRow) -> bytes:
    """Return the ciphertext of what is shown of a row, bound to the row with this key."""
    return encrypt(row.text, context=shown_context(key))


def count_rows(one: Import) -> dict[str, int]:
    """Return the numbers of an import's rows: of all, by outcome, and of those apart."""
    rows = ImportRow.objects.filter(source=one)
    by_outcome = dict(rows.values_list("outcome").annotate(number=Count("id")))
    counts = {outcome.value: by_outcome.get(outcome.value, 0) for outcome in RowOutcome}
    return {"rows": sum(counts.values()), **counts, "apart": rows.filter(is_apart=True).count()}


def _planned(row: PlannedRow, apart: Sequence[KeptValue], codes: Mapping[int, str]) -> ShownRow:
    changes = [
        [field.value, *(planned_text(field, value, row.examiner_id, codes) for value in (old, new))]
        for field, old, new in (
            (RegisterField.SURNAME, row.old_surname, row.surname),
            (RegisterField.FIRST_NAMES, row.old_first_names, row.first_names),
            (RegisterField.EMAIL, row.old_email, row.email),
            (RegisterField.ADDRESS, row.old_address_encrypted, row.address_encrypted),
            (RegisterField.NUMBER, row.old_number, row.number),
            (RegisterField.SCOPE, row.old_scope_id, row.scope_id),
            (RegisterField.DECIDED_ON, row.old_decided_on, row.decided_on),
        )
        if old is not None
    ]
    shown = {
        "name": full_name(row.surname, row.first_names),
        "number": row.number,
        "scope": codes[row.scope_id],
        "is_new_person": row.is_new_person,
        "is_new_entry": row.is_new_entry,
        "decision": [row.kind, row.reference, row.decided_on.isoformat()] if row.is_new_decision else None,
        "changes": changes,
        "apart": [[value.field.value, value.kept, value.offered] for value in apart],
    }
    is_changed = bool(changes) or (row.is_new_decision and row.entry_id is not None)
    is_new = row.is_new_person or row.is_new_entry or row.is_new_decision
    outcome = RowOutcome.CHANGED if is_changed else RowOutcome.NEW if is_new else RowOutcome.SAME
    return ShownRow(row.line, outcome, None if row.is_new_person else row.examiner_id, shown)

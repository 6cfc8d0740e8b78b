"""What in a migration's SQL keeps the release before from running on the new schema.

It is judged by the statements that Django makes, so that operations of libraries and SQL by hand are judged alike. What
a RunPython does nobody can tell: it must leave data that the release before reads.
"""

import re
from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

_ALWAYS: Final = {
    r"DROP (TABLE|VIEW|MATERIALIZED VIEW|SCHEMA|SEQUENCE|TYPE|DOMAIN|EXTENSION|COLUMN)": "takes something away",
    r"ALTER TABLE .* DROP (?!CONSTRAINT|COLUMN|DEFAULT|NOT NULL|IDENTITY)\"?\w+\"?": "takes a column away",
    r"DROP (FUNCTION|PROCEDURE|TRIGGER)": "takes away what rows are checked by",
    r"RENAME": "renames",
    r"ALTER COLUMN \S+ (SET DATA )?TYPE": "changes a column's type",
    r"SET NOT NULL": "wants a value in a column that the release before may leave empty",
    r"TRUNCATE|DELETE FROM": "deletes rows",
}
_ADDED_COLUMN: Final = re.compile(r"ALTER TABLE (\S+) ADD (?:COLUMN )?(?!CONSTRAINT)(\S+) [^;]*?NOT NULL")
_KEPT_DEFAULT: Final = re.compile(r"\bDEFAULT\b|GENERATED")
_DROPPED_DEFAULT: Final = re.compile(r"ALTER TABLE (\S+) ALTER COLUMN (\S+) DROP DEFAULT")
_NARROWING: Final = re.compile(r"ALTER TABLE (\S+) ADD CONSTRAINT|CREATE UNIQUE INDEX .*? ON (?:ONLY )?(\S+)")
_NEW_TABLE: Final = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\S+)")


def sql_of(migration: Migration, state: ProjectState) -> list[str]:
    """Return the statements of a migration that comes after a state."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    text = "\n".join(editor.collected_sql or [])
    uncommented = re.sub(r"--.*", "", text)
    return [" ".join(statement.split()) for statement in uncommented.split(";") if statement.strip()]


def contracting(statements: Sequence[str]) -> list[str]:
    """Return what the statements of a migration do that the release before cannot bear, with the statement."""
    new_tables = {table for one in statements for table in _NEW_TABLE.findall(one)}
    return [
        f"{reason}: {statement}"
        for statement in statements
        for reason in _reasons(statement, statements, new_tables=new_tables)
    ]


def _reasons(statement: str, statements: Sequence[str], *, new_tables: set[str]) -> list[str]:
    found = [reason for pattern, reason in _ALWAYS.items() if re.search(pattern, statement, re.IGNORECASE)][:1]
    for table, column in _ADDED_COLUMN.findall(statement):
        dropped = {pair for one in statements for pair in _DROPPED_DEFAULT.findall(one)}
        if table not in new_tables and (not _KEPT_DEFAULT.search(statement) or (table, column) in dropped):
            found.append("adds a column that the release before does not fill in")
    for match in _NARROWING.finditer(statement):
        if (match[1] or match[2]) not in new_tables:
            found.append("forbids rows that the release before may write")
    return found

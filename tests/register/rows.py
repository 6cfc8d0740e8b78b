"""Snapshots of the register, for tests that compare all of it, and people in it."""

from django.db import connection

from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.models import Examiner

TABLES = ("register_scope", "register_examiner", "register_entry", "register_decision")


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the register's tables with all columns and its place on disk (`ctid`, `xmin`).

    An update that changed nothing would still move the row.
    """
    contents: dict[str, list[tuple[object, ...]]] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT ctid::text, xmin::text, * FROM {table} ORDER BY id")  # noqa: S608 -- our own names
            contents[table] = [
                tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                for row in cursor.fetchall()
            ]
    return contents


def found(name: str) -> Examiner:
    """Return the examiner whom a PESEL or an identifier finds."""
    examiner = find_examiner(name=name)
    assert examiner is not None
    return examiner


def digits_of(examiner: Examiner) -> str:
    """Return the decrypted PESEL of an examiner who has one."""
    assert examiner.pesel is not None
    return examiner.pesel.digits

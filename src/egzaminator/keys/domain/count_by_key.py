from collections import Counter
from typing import Final

from django.db import connection

from egzaminator.keys.domain.sealed_columns import SealedColumn, sealed_columns

# The prefix of a ciphertext names its key: a format byte, the length of the key's id, the id.
_COUNT: Final = """
SELECT CASE WHEN length({column}) > 1 THEN substring({column} FROM 1 FOR 2 + get_byte({column}, 1)) END, count(*)
FROM {table} WHERE {column} IS NOT NULL GROUP BY 1
"""
DAMAGED: Final = "?"


def count_by_key() -> Counter[str]:
    """Return how many values of all encrypted columns each key has encrypted, by key id.

    Values that name no valid key are counted under `DAMAGED`.
    """
    counts = Counter[str]()
    for column in sealed_columns():
        for heading, count in _count(column):
            key_id = bytes(heading or b"")[2:].decode("ascii", "replace")
            counts[key_id if key_id.isalnum() else DAMAGED] += count
    return counts


def _count(column: SealedColumn) -> list[tuple[memoryview | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(table=column.table, column=column.column))
        counts: list[tuple[memoryview | None, int]] = cursor.fetchall()
    return counts

"""The encrypted columns, found on the models of all apps."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, models

from egzaminator.core.encrypted_fields import BlindIndexField, EncryptedField
from egzaminator.core.encryption import blind_index, decrypt


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A column of encrypted values, with names as SQL needs them."""

    table: str
    column: str
    key: str
    key_type: str
    field: EncryptedField


def encrypted_columns() -> list[EncryptedColumn]:
    """Return every column that a model of any app declares as encrypted, ordered by table and column name."""
    found = [
        EncryptedColumn(*_names(model, field), field=field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields  # noqa: SLF001 -- Django's documented API for a model's fields
        if isinstance(field, EncryptedField)
    ]
    return sorted(found, key=lambda column: (column.table, column.column))


def _names(model: type[models.Model], field: EncryptedField) -> tuple[str, str, str, str]:
    quote = connection.ops.quote_name
    key = model._meta.pk  # noqa: SLF001 -- as above
    return quote(model._meta.db_table), quote(field.column), quote(key.column), str(key.db_type(connection))  # noqa: SLF001 -- as above


@dataclass(frozen=True, slots=True)
class IndexedColumn:
    """A column of blind indexes and the encrypted column that it is made from, with names as SQL needs them."""

    table: str
    index: str
    encrypted: str
    key: str
    key_type: str
    field: BlindIndexField
    encrypted_field: EncryptedField

    def index_of(self, row_id: object, value: bytes | memoryview) -> bytes:
        """Return the blind index of a row's encrypted value under the current index key.

        Raise `UndecryptableError` if no key decrypts the value.
        """
        return blind_index(decrypt(value, context=self.encrypted_field.context(row_id)), purpose=self.field.purpose)


def indexed_columns() -> list[IndexedColumn]:
    """Return every column that a model of any app declares as a blind index."""
    return [
        _describe(model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields  # noqa: SLF001 -- Django's documented API for a model's fields
        if isinstance(field, BlindIndexField)
    ]


def count_indexed() -> int:
    """Return how many rows have a blind index."""
    total = 0
    with connection.cursor() as cursor:
        for column in indexed_columns():
            cursor.execute(f"SELECT count({column.index}) FROM {column.table}")  # noqa: S608 -- the model's own names
            total += cursor.fetchone()[0]
    return total


def _describe(model: type[models.Model], field: BlindIndexField) -> IndexedColumn:
    quote = connection.ops.quote_name
    options: Any = model._meta  # noqa: SLF001 -- as above
    encrypted = options.get_field(field.of)
    return IndexedColumn(
        table=quote(options.db_table),
        index=quote(field.column),
        encrypted=quote(encrypted.column),
        key=quote(options.pk.column),
        key_type=str(options.pk.db_type(connection)),
        field=field,
        encrypted_field=encrypted,
    )


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
    for column in encrypted_columns():
        for heading, count in _count(column):
            key_id = bytes(heading or b"")[2:].decode("ascii", "replace")
            counts[key_id if key_id.isalnum() else DAMAGED] += count
    return counts


def _count(column: EncryptedColumn) -> list[tuple[memoryview | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(table=column.table, column=column.column))
        counts: list[tuple[memoryview | None, int]] = cursor.fetchall()
    return counts

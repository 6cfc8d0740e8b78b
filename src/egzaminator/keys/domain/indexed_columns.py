"""The columns of blind indexes, found on the models of all apps."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from egzaminator.kernel.encryption import blind_index, decrypt
from egzaminator.kernel.sealed_fields import BlindIndexField, EncryptedField


@dataclass(frozen=True, slots=True)
class IndexedColumn:
    """A column of blind indexes and the encrypted column that it is made from, with names as SQL needs them."""

    table: str
    index: str
    sealed: str
    key: str
    key_type: str
    field: BlindIndexField
    sealed_field: EncryptedField

    def index_of(self, row_id: object, value: bytes | memoryview) -> bytes:
        """Return the blind index of a row's encrypted value under the current index key.

        Raise `UndecryptableError` if no key decrypts the value.
        """
        return blind_index(decrypt(value, context=self.sealed_field.context(row_id)), purpose=self.field.purpose)


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
    sealed = options.get_field(field.of)
    return IndexedColumn(
        table=quote(options.db_table),
        index=quote(field.column),
        sealed=quote(sealed.column),
        key=quote(options.pk.column),
        key_type=str(options.pk.db_type(connection)),
        field=field,
        sealed_field=sealed,
    )

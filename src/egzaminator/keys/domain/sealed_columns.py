"""The encrypted columns, found on the models of all apps."""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from egzaminator.kernel.sealed_fields import EncryptedField


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of encrypted values, with names as SQL needs them."""

    table: str
    column: str
    key: str
    key_type: str
    field: EncryptedField


def sealed_columns() -> list[SealedColumn]:
    """Return every column that a model of any app declares as encrypted, ordered by table and column name."""
    found = [
        SealedColumn(*_names(model, field), field=field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields  # noqa: SLF001 -- Django's documented API for a model's fields
        if isinstance(field, EncryptedField)
    ]
    return sorted(found, key=lambda column: (column.table, column.column))


def _names(model: type[models.Model], field: EncryptedField) -> tuple[str, str, str, str]:
    quote = connection.ops.quote_name
    key = model._meta.pk  # noqa: SLF001 -- as above
    return quote(model._meta.db_table), quote(field.column), quote(key.column), str(key.db_type(connection))  # noqa: SLF001 -- as above

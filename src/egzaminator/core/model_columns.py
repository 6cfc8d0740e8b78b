"""Instances of models from statements that are written by hand, for the few that Django's compiler makes too slow."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

_Row = TypeVar("_Row", bound=Model)


class ModelColumns(Generic[_Row]):
    """The columns of a model in a statement's SELECT list, and the instances that their values make.

    Only for models without fields whose values Django converts (`from_db_value`).
    """

    def __init__(self, model: type[_Row], *names: str) -> None:
        """Take the fields of some names, by default all of them. Other fields are read when they are first used."""
        meta = model._meta  # noqa: SLF001 -- Django documents `_meta` as public
        fields = [field for field in meta.concrete_fields if not names or field.name in names]
        if any(hasattr(field, "from_db_value") for field in fields):
            raise TypeError(f"{model.__name__} has values that Django converts")
        self._model = model
        self._names: Final = [field.attname for field in fields]
        self.sql: Final = ", ".join(f'"{meta.db_table}"."{field.column}"' for field in fields)

    def take(self, values: Iterator[Any]) -> _Row | None:
        """Return the instance that the next values of a row make, or None if an outer join found no row."""
        own = list(islice(values, len(self._names)))
        return None if own[0] is None else self._model.from_db(DEFAULT_DB_ALIAS, self._names, own)

from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]


def record(row: object, fields: Iterable[str]) -> Record:
    """Return the values of the named attributes of a row, by name."""
    return {name: getattr(row, name) for name in fields}

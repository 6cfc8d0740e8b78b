from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]


def record(row: object, fields: Iterable[str]) -> Record:
    """Take a row and names of its attributes; give their values by the names."""
    return {name: getattr(row, name) for name in fields}

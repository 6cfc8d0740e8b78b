"""What the processes of `test_imports.py` do."""

from egzaminator.register.domain.import_apply import apply_import
from egzaminator.register.domain.imports import import_register
from tests.register.files import csv_file


def read(*, row: dict[str, str]) -> None:
    """Read a file in by command."""
    import_register(file=csv_file(row))


def apply() -> None:
    """Apply the oldest import that staff asked for."""
    apply_import(may_apply=lambda _: True)

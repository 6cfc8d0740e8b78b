"""What the processes of `test_imports.py` do."""

from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.browser import ask_to_apply
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Import
from tests.register.browser import OFFICER
from tests.register.files import csv_file


def read(*, row: dict[str, str]) -> None:
    """Read a file in by command."""
    import_register(file=csv_file(row))


def apply(*, one: str) -> None:
    """Apply a checked import."""
    ask_to_apply(one=Import.objects.get(pk=one), by=OFFICER)
    apply_import(may_apply=lambda _: True, own_rows=own_rows)

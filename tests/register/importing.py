"""Rows that follow one another in register files, and their import."""

from collections.abc import Sequence
from typing import Any

import pytest

from egzaminator.register.domain.imports.command import ImportSummary, import_register
from egzaminator.register.domain.write_rows import Changes
from egzaminator.register.errors import BadRowsError
from egzaminator.register.models import Entry
from egzaminator.register.problems import RowProblem
from tests.register.files import ANNA, JAN, csv_file
from tests.register.rows import everything

NOTHING = Changes(
    new_examiners=0,
    changed_examiners=0,
    new_entries=0,
    changed_entries=0,
    new_decisions=0,
    changed_decisions=0,
    struck_off=0,
    restored=0,
)
ANNAS_SECOND = ANNA | {
    "numer_ewidencyjny": "MBI/9/2021",
    "zakres": "MCH",
    "nr_decyzji": "OKE-4410-9/21",
    "data_decyzji": "2021-05-04",
}
STRUCK_OFF = ANNA | {"nr_decyzji": "OKE-4411-5/22", "data_decyzji": "2022-06-07", "rodzaj_decyzji": "skreślenie"}
RESTORED = ANNA | {"nr_decyzji": "OKE-4410-6/23", "data_decyzji": "2023-08-09", "rodzaj_decyzji": "wpis"}
WITHOUT_PESEL = JAN | {"pesel": "", "identyfikator": "BP 7"}


def read(*rows: dict[str, str], **options: Any) -> ImportSummary:
    return import_register(file=csv_file(*rows), **options)


def problems_of(*rows: dict[str, str]) -> Sequence[RowProblem]:
    before = everything()
    with pytest.raises(BadRowsError) as caught:
        read(*rows)
    assert everything() == before
    return caught.value.problems


def entry(number: str) -> Entry:
    return Entry.objects.get(number=number)

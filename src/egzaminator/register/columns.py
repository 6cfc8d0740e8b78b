"""The columns of a register file."""

from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """The columns of a register file. Each value is the name that boards write at the top of the column."""

    PESEL = "pesel"
    IDENTIFIER = "identyfikator"
    FIRST_NAMES = "imiona"
    SURNAME = "nazwisko"
    EMAIL = "email"
    NUMBER = "numer_ewidencyjny"
    SCOPE = "zakres"
    KIND = "rodzaj_decyzji"
    REFERENCE = "nr_decyzji"
    DECIDED_ON = "data_decyzji"


# Each row has either an identifier or a PESEL, so one of these two columns is enough.
REQUIRED: Final = frozenset(Column) - {Column.PESEL, Column.IDENTIFIER, Column.EMAIL, Column.KIND}

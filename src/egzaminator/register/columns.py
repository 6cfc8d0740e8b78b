from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """The columns of a register file, by the names that boards write over them."""

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


# An identifier stands instead of a PESEL, so either column will do.
REQUIRED: Final = frozenset(Column) - {Column.PESEL, Column.IDENTIFIER, Column.EMAIL, Column.KIND}

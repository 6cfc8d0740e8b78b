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
    STREET = "ulica"
    HOUSE_NUMBER = "numer_domu"
    FLAT_NUMBER = "numer_lokalu"
    POSTAL_CODE = "kod_pocztowy"
    LOCALITY = "miejscowosc"
    NUMBER = "numer_ewidencyjny"
    SCOPE = "zakres"
    KIND = "rodzaj_decyzji"
    REFERENCE = "nr_decyzji"
    DECIDED_ON = "data_decyzji"


# The parts of one address, in the order of `PostalAddress`.
ADDRESS: Final = (Column.STREET, Column.HOUSE_NUMBER, Column.FLAT_NUMBER, Column.POSTAL_CODE, Column.LOCALITY)
# Each row has either an identifier or a PESEL, so one of these two columns is enough.
REQUIRED: Final = frozenset(Column) - {Column.PESEL, Column.IDENTIFIER, Column.EMAIL, *ADDRESS, Column.KIND}

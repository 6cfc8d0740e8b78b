from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egzaminator.register.columns import Column
from egzaminator.register.domain.match_columns import count_known_columns, match_columns
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import MissingColumnsError, RepeatedColumnsError
from tests.register.files import COLUMNS

REST = [name for name in COLUMNS if name != "pesel"]


def places(cells: Sequence[Cell]) -> dict[Column, int]:
    return {
        column: place for column, place in zip(Column, match_columns(cells).indexes, strict=True) if place is not None
    }


def test_any_order() -> None:
    assert places(COLUMNS[::-1]) == {Column(name): 6 - place for place, name in enumerate(COLUMNS)}


@pytest.mark.parametrize(
    "names",
    [
        ["\ufeffPESEL", " Imiona ", "NAZWISKO", "Numer ewidencyjny", "Zakres", "Nr decyzji", "Data_Decyzji"],
        ["pesel", "imiona", "nazwisko", "numer-ewidencyjny", "zakrés", "nr  decyzji", "data\ndecyzji"],
        ["Pesel:", "IMIONA", "Nazwisko", "NumerEwidencyjny", "ząkręś", "Nr. decyzji", "Data decyzji"],
    ],
)
def test_names_are_forgiven_their_looks(names: list[str]) -> None:
    assert list(places(names).values()) == list(places(COLUMNS).values())


def test_optional_columns() -> None:
    found = places([*COLUMNS, "E-mail", "Rodzaj decyzji", "Identyfikator"])
    assert (found[Column.EMAIL], found[Column.KIND], found[Column.IDENTIFIER]) == (7, 8, 9)


def test_an_identifier_stands_for_a_pesel() -> None:
    assert Column.PESEL not in places([*REST, "identyfikator"])


def test_others_are_told_and_ignored() -> None:
    columns = match_columns(["lp.", *COLUMNS, "", " Uwagi\n o osobie", "\x1b[2J"])
    assert list(columns.ignored) == ["lp.", "Uwagi o osobie"]
    assert columns.width == 11


def test_missing_columns_are_named_at_once() -> None:
    with pytest.raises(MissingColumnsError) as caught:
        match_columns(["imiona", "zakres", "data_decyzji", "email"])
    assert caught.value.columns == [Column.PESEL, Column.SURNAME, Column.NUMBER, Column.REFERENCE]


def test_repeated_columns_are_named() -> None:
    with pytest.raises(RepeatedColumnsError) as caught:
        match_columns([*COLUMNS, "Nazwisko", "PESEL"])
    assert caught.value.columns == [Column.SURNAME, Column.PESEL]


def test_known_columns_are_counted_once() -> None:
    assert count_known_columns(["pesel", "PESEL", "imiona", "x", ""]) == 2


@given(cells=st.lists(st.text()))
def test_no_names_raise_anything_else(cells: Sequence[Cell]) -> None:
    with pytest.raises((MissingColumnsError, RepeatedColumnsError)):
        match_columns([*cells, "nazwisko", "nazwisko"])

import datetime
from collections.abc import Mapping, Sequence

import pytest

from egzaminator.core.pesel import Pesel
from egzaminator.core.postal_address import PostalAddress
from egzaminator.register.columns import Column
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.domain.match_columns import match_columns
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from egzaminator.register.domain.rows import Cell
from egzaminator.register.enums import DecisionKind
from egzaminator.register.errors import BadRowsError
from egzaminator.register.problems import Problem, RowProblem
from tests.register.files import ADDRESS, ANNA

ALL = ANNA | {"email": "anna@example.pl", "rodzaj_decyzji": "skreślenie"} | ADDRESS
BY_IDENTIFIER = ANNA | {"pesel": "", "identyfikator": "BP 7"}


def parse(row: Mapping[str, Cell], *more: Cell) -> RegisterRow:
    return parse_row(line=7, cells=[*row.values(), *more], columns=match_columns(list(row)))


def problems_of(row: Mapping[str, Cell], *more: Cell) -> Sequence[RowProblem]:
    with pytest.raises(BadRowsError) as caught:
        parse(row, *more)
    return caught.value.problems


def test_a_row() -> None:
    assert parse(ALL) == RegisterRow(
        line=7,
        person=Pesel("44051401359"),
        first_names="Anna Maria",
        surname="Łukasik",
        name_keys=name_keys(surname="Łukasik", first_names="Anna Maria"),
        email="anna@example.pl",
        postal_address=PostalAddress("Święty Marcin", "4A", "12", "61-806", "Poznań"),
        number=Identifier("MBI/1/2019", "mbi/1/2019"),
        scope="MBI",
        kind=DecisionKind.STRIKE_OFF,
        reference="OKE-4410-1/19",
        decided_on=datetime.date(2019, 3, 1),
    )


def test_what_may_be_left_out() -> None:
    row = parse(ANNA)
    assert (row.email, row.kind, row.postal_address) == ("", DecisionKind.ENTRY, None)


def test_an_address_is_whole_or_not_there() -> None:
    assert parse(ANNA | dict.fromkeys(ADDRESS, " ")).postal_address is None
    village = ADDRESS | {"ulica": "", "numer_lokalu": ""}
    assert parse(ANNA | village).postal_address == PostalAddress("", "4A", "", "61-806", "Poznań")
    assert problems_of(ANNA | dict.fromkeys(ADDRESS, "") | {"ulica": "Polna"}) == [
        RowProblem(7, column, Problem.ADDRESS_INCOMPLETE)
        for column in (Column.HOUSE_NUMBER, Column.POSTAL_CODE, Column.LOCALITY)
    ]
    for missing in ("numer_domu", "kod_pocztowy", "miejscowosc"):
        assert problems_of(ANNA | ADDRESS | {missing: ""}) == [
            RowProblem(7, Column(missing), Problem.ADDRESS_INCOMPLETE)
        ]


@pytest.mark.parametrize("code", ["61-80", "6180", "SW1A 1AA", "61-8066", "-"])
def test_a_wrong_postal_code(code: str) -> None:
    assert problems_of(ALL | {"kod_pocztowy": code}) == [RowProblem(7, Column.POSTAL_CODE, Problem.NOT_A_POSTAL_CODE)]


def test_a_house_number_that_a_spreadsheet_took_for_a_date() -> None:
    assert problems_of(ALL | {"numer_domu": "03.maj"}) == [RowProblem(7, Column.HOUSE_NUMBER, Problem.TURNED_INTO_DATE)]


def test_a_person_without_a_pesel() -> None:
    assert parse(BY_IDENTIFIER).person == Identifier("BP 7", "bp7")


def test_cells_that_a_row_ends_without_are_empty() -> None:
    columns = match_columns(list(ALL))
    row = parse_row(line=7, cells=list(ANNA.values()), columns=columns)
    assert row.email == ""
    with pytest.raises(BadRowsError) as caught:
        parse_row(line=7, cells=list(ANNA.values())[:5], columns=columns)
    assert caught.value.problems == [
        RowProblem(7, Column.REFERENCE, Problem.EMPTY),
        RowProblem(7, Column.DECIDED_ON, Problem.EMPTY),
    ]


def test_more_cells_than_columns() -> None:
    assert problems_of(ANNA, "x") == [RowProblem(7, None, Problem.TOO_MANY_CELLS)]
    assert parse(ANNA, "", " ") == parse(ANNA)


def test_every_problem_of_a_row_is_told() -> None:
    bad: dict[str, Cell] = {
        "pesel": "2070803628",
        "imiona": "",
        "nazwisko": "Żak1",
        "numer_ewidencyjny": "gru.11",
        "nr_decyzji": datetime.date(2011, 12, 1),
        "data_decyzji": "22.11.26",
        "email": "brak",
        "rodzaj_decyzji": "?",
    }
    assert problems_of(ALL | bad) == [
        RowProblem(7, Column.PESEL, Problem.PESEL_LOST_ZERO),
        RowProblem(7, Column.FIRST_NAMES, Problem.NO_NAME_GIVEN),
        RowProblem(7, Column.SURNAME, Problem.NOT_A_NAME),
        RowProblem(7, Column.EMAIL, Problem.NOT_AN_EMAIL),
        RowProblem(7, Column.NUMBER, Problem.TURNED_INTO_DATE),
        RowProblem(7, Column.KIND, Problem.NOT_A_KIND),
        RowProblem(7, Column.REFERENCE, Problem.TURNED_INTO_DATE),
        RowProblem(7, Column.DECIDED_ON, Problem.NOT_A_DATE),
    ]


def test_a_person_of_one_name() -> None:
    assert parse(ANNA | {"imiona": "–"}).first_names == "-"
    assert parse(ANNA | {"nazwisko": "-"}).surname == "-"
    assert problems_of(ANNA | {"imiona": "-", "nazwisko": "—"}) == [RowProblem(7, Column.SURNAME, Problem.NAMELESS)]


def test_nobody_and_two_ways_to_say_who() -> None:
    assert problems_of(ANNA | {"pesel": ""}) == [RowProblem(7, Column.PESEL, Problem.NOBODY)]
    assert problems_of(BY_IDENTIFIER | {"identyfikator": ""}) == [RowProblem(7, Column.PESEL, Problem.NOBODY)]
    assert problems_of(ANNA | {"identyfikator": "BP 7"}) == [
        RowProblem(7, Column.IDENTIFIER, Problem.PESEL_AND_IDENTIFIER)
    ]
    assert problems_of(BY_IDENTIFIER | {"pesel": "x"}) == [RowProblem(7, Column.PESEL, Problem.PESEL_NOT_DIGITS)]


def test_a_name_whose_keys_would_be_too_long() -> None:
    assert problems_of(ANNA | {"nazwisko": "ﷺ" * 20}) == [RowProblem(7, Column.SURNAME, Problem.TOO_LONG, 100)]


def test_a_cell_that_would_take_ages_to_normalise() -> None:
    marks = "a" + "\u0301\u0316" * 60_000
    assert problems_of(dict.fromkeys(ALL, marks)) == [
        RowProblem(7, column, Problem.TOO_LONG, 1000) for column in Column if column != Column.IDENTIFIER
    ]
    assert match_columns([*ALL, marks]).width == len(ALL) + 1

import datetime
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from egzaminator.core.text import has_forbidden_characters
from egzaminator.register.domain.cells import (
    Identifier,
    parse_date,
    parse_email,
    parse_identifier,
    parse_kind,
    parse_name,
    parse_number,
    parse_reference,
    parse_scope,
)
from egzaminator.register.domain.parse_row import parse_pesel_cell
from egzaminator.register.domain.rows import Cell
from egzaminator.register.enums import DecisionKind
from egzaminator.register.errors import BadCellError
from egzaminator.register.problems import Problem

DAY = datetime.date(2026, 11, 22)
PARSERS = [
    parse_date,
    parse_email,
    parse_identifier,
    parse_kind,
    parse_name,
    parse_number,
    parse_pesel_cell,
    parse_reference,
    parse_scope,
]


def problem_of(parse: Callable[[Cell], object], cell: Cell) -> Problem | tuple[Problem, int]:
    with pytest.raises(BadCellError) as caught:
        parse(cell)
    return caught.value.problem if not caught.value.detail else (caught.value.problem, caught.value.detail)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" Anna\u00a0 Maria ", "Anna Maria"),
        ("Łukasik-Żak", "Łukasik-Żak"),
        ("O’Hara d'Arc", "O'Hara d'Arc"),
        ("O\u02bcHara", "O'Hara"),
        ("'t Hooft", "'t Hooft"),
        ("'Nowak", "Nowak"),
        ("Nowak – Kowalska", "Nowak - Kowalska"),
        ("Nowak\u00adKowalska", "Nowak-Kowalska"),
        ("Now\u202eak", "Nowak"),
        ("\u200bNowak", "Nowak"),
        ("-", "-"),
        (" – ", "-"),
        ("van der BERG", "van der BERG"),
        ("Wis\u0301niewska", "Wiśniewska"),
        ("Олена", "Олена"),
        ("x" * 100, "x" * 100),
    ],
)
def test_names(cell: str, name: str) -> None:
    assert parse_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.NO_NAME_GIVEN),
        (" \u00a0\t", Problem.NO_NAME_GIVEN),
        ("'", Problem.NO_NAME_GIVEN),
        ("--", Problem.NOT_A_NAME),
        ("Kowalski3", Problem.NOT_A_NAME),
        ("<b>Nowak</b>", Problem.NOT_A_NAME),
        ("Ĺukasik™", Problem.NOT_A_NAME),
        ("¯ak", Problem.NOT_A_NAME),
        ("Nowak\0", Problem.INVISIBLE),
        ("Nowak\ue000", Problem.INVISIBLE),
        ("Ko\ufffdmi\ufffdski", Problem.LETTERS_LOST),
        ("x" * 101, (Problem.TOO_LONG, 100)),
        (DAY, Problem.TURNED_INTO_DATE),
    ],
)
def test_bad_names(cell: Cell, problem: Problem | tuple[Problem, int]) -> None:
    assert problem_of(parse_name, cell) == problem


@pytest.mark.parametrize("cell", ["MBI/1/2019", " mbi / 1 / 2019 ", "12/05/2011", "1-01234", "00123", "5E+3x", "№ 7"])
def test_numbers_are_opaque(cell: str) -> None:
    number = parse_number(cell)
    assert number.text == " ".join(cell.split())
    assert number.key == "".join(cell.split()).casefold().replace("№", "no")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ('="00123"', "00123"),
        ('="a""b"""', 'a"b"'),
        ("'00124", "00124"),
        ("’00124", "00124"),
        ('\'="00123"', "00123"),
        ("\u202d00123\u202c", "00123"),
        ("1\u200b-01234", "1-01234"),
        *[(f"1{dash}01234", "1-01234") for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe63\uff0d"],
        *[(f"1{apostrophe}01234", "1'01234") for apostrophe in "\u2018\u2019\u02bc\u00b4`\u2032"],
    ],
)
def test_numbers_are_freed_of_what_keeps_spreadsheets_off_and_of_odd_signs(cell: Cell, number: str) -> None:
    assert parse_number(cell) == Identifier(number, number)
    assert parse_scope(cell) == parse_reference(cell) == number


SPOILED = [
    (DAY, Problem.TURNED_INTO_DATE),
    (datetime.time(12, 5), Problem.TURNED_INTO_DATE),
    (datetime.timedelta(hours=30), Problem.TURNED_INTO_DATE),
    ("01-lut", Problem.TURNED_INTO_DATE),
    ("1.sty.11", Problem.TURNED_INTO_DATE),
    ("12-MAR-2011", Problem.TURNED_INTO_DATE),
    ("5 paź 2011", Problem.TURNED_INTO_DATE),
    ("gru.11", Problem.TURNED_INTO_DATE),
    ("Jan-05", Problem.TURNED_INTO_DATE),
    ("2011-12-01", Problem.TURNED_INTO_DATE),
    ("2011-12-01 00:00:00", Problem.TURNED_INTO_DATE),
    ("01.12.2011", Problem.TURNED_INTO_DATE),
    ("12:05", Problem.TURNED_INTO_DATE),
    ("8,5E+10", Problem.ROUNDED),
    ("8.5E+10", Problem.ROUNDED),
    ("1e+06", Problem.ROUNDED),
    ("#ARG!", Problem.SPREADSHEET_ERROR),
    ("#######", Problem.SPREADSHEET_ERROR),
]


@pytest.mark.parametrize("parse", [parse_number, parse_reference, parse_identifier, parse_pesel_cell])
@pytest.mark.parametrize(("cell", "problem"), SPOILED)
def test_what_spreadsheets_spoil(
    parse: Callable[[Cell], object], cell: Cell, problem: Problem | tuple[Problem, int]
) -> None:
    assert problem_of(parse, cell) == problem


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.EMPTY),
        ("-", Problem.NUMBER_WITHOUT_CONTENT),
        ("x" * 61, (Problem.TOO_LONG, 60)),
        ("ﷺ" * 5, (Problem.TOO_LONG, 60)),
        ("MBI\0/1", Problem.INVISIBLE),
        ("MBI\ufffd/1", Problem.LETTERS_LOST),
        ("=A2", Problem.FORMULA),
        ('="00" & "123"', Problem.FORMULA),
        ('=T("00123")', Problem.FORMULA),
        ("'", Problem.EMPTY),
        ('=""', Problem.EMPTY),
    ],
)
def test_bad_numbers(cell: Cell, problem: Problem | tuple[Problem, int]) -> None:
    assert problem_of(parse_number, cell) == problem


def test_identifiers() -> None:
    assert parse_identifier(" BP-7 ") == Identifier("BP-7", "bp-7")
    assert parse_identifier("") is None
    assert parse_identifier(" \t") is None
    assert problem_of(parse_identifier, "44051401359") is Problem.IDENTIFIER_WITHOUT_LETTER
    assert problem_of(parse_identifier, "4405140135-9") is Problem.IDENTIFIER_WITHOUT_LETTER
    assert problem_of(parse_identifier, "b" * 41) == (Problem.TOO_LONG, 40)


@pytest.mark.parametrize(
    "cell",
    [
        "44051401359",
        " 440514-01359\n",
        "44051401359\u00a0",
        "\u202d44051401359\u202c",
        "440514\u200b01359",
        "\ufeff440514\u00ad01359",
        "440514\u221201359",
        '="44051401359"',
        "'44051401359",
    ],
)
def test_pesels(cell: Cell) -> None:
    pesel = parse_pesel_cell(cell)
    assert pesel is not None
    assert pesel.digits == "44051401359"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("2070803628", Problem.PESEL_LOST_ZERO),
        ("222900009", Problem.PESEL_LOST_ZERO),
        ("2070803629", (Problem.PESEL_LENGTH, 10)),
        ("440514013590", (Problem.PESEL_LENGTH, 12)),
        ("7", (Problem.PESEL_LENGTH, 1)),
        ("8,50506E+10", Problem.ROUNDED),
        ("85050600000", Problem.ROUNDED),
        ("4405140135A", Problem.PESEL_NOT_DIGITS),
        ("44051401359.0", Problem.PESEL_NOT_DIGITS),
        ("44051401358", Problem.PESEL_CHECK_DIGIT),
        ("02381307589", Problem.PESEL_DATE),
        ("80410100002", Problem.PESEL_DATE),
        ("89210100009", Problem.PESEL_FUTURE),
    ],
)
def test_bad_pesels(cell: Cell, problem: Problem | tuple[Problem, int]) -> None:
    assert problem_of(parse_pesel_cell, cell) == problem


def test_no_pesel_is_no_problem_of_the_cell() -> None:
    assert parse_pesel_cell("") is None
    assert parse_pesel_cell(" \n") is None


@pytest.mark.parametrize("cell", [DAY, "2026-11-22", " 22.11.2026 "])
def test_dates(cell: Cell) -> None:
    assert parse_date(cell) == DAY


def test_days_and_months_of_one_digit() -> None:
    assert parse_date("1.2.2026") == datetime.date(2026, 2, 1)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.EMPTY),
        ("22.11.26", Problem.NOT_A_DATE),
        ("2026/11/22", Problem.NOT_A_DATE),
        ("11/22/2026", Problem.NOT_A_DATE),
        ("22 listopada 2026", Problem.NOT_A_DATE),
        ("२०२६-११-२२", Problem.NOT_A_DATE),
        (datetime.time(12, 5), Problem.NOT_A_DATE),
        ("2026-02-30", Problem.NO_SUCH_DAY),
        ("31.04.2026", Problem.NO_SUCH_DAY),
        ("0000-01-01", Problem.NO_SUCH_DAY),
        ("45983", Problem.DATE_AS_NUMBER),
    ],
)
def test_bad_dates(cell: Cell, problem: Problem | tuple[Problem, int]) -> None:
    assert problem_of(parse_date, cell) == problem


@pytest.mark.parametrize("cell", ["skreślenie", " Skreślenie ", "SKREŚLENIE", "skreslenie"])
def test_strike_offs(cell: Cell) -> None:
    assert parse_kind(cell) is DecisionKind.STRIKE_OFF


@pytest.mark.parametrize("cell", ["wpis", "WPIS", "", "  "])
def test_entries(cell: Cell) -> None:
    assert parse_kind(cell) is DecisionKind.ENTRY


@pytest.mark.parametrize("cell", ["odmowa", "skreślony", "1", DAY])
def test_other_kinds(cell: Cell) -> None:
    assert problem_of(parse_kind, cell) is Problem.NOT_A_KIND


def test_emails() -> None:
    assert parse_email(" Jan.Zak@example.pl ") == "Jan.Zak@example.pl"
    assert parse_email("") == ""
    assert problem_of(parse_email, "jan.zak@example") is Problem.NOT_AN_EMAIL
    assert problem_of(parse_email, "jan zak@example.pl") is Problem.NOT_AN_EMAIL
    assert problem_of(parse_email, "brak") is Problem.NOT_AN_EMAIL
    assert problem_of(parse_email, f"{'x' * 250}@x.pl") == (Problem.TOO_LONG, 254)


def test_scopes() -> None:
    assert parse_scope(" INF.02 ") == "INF.02"
    assert problem_of(parse_scope, "") is Problem.EMPTY
    assert problem_of(parse_scope, "x" * 21) == (Problem.TOO_LONG, 20)
    assert problem_of(parse_scope, DAY) is Problem.TURNED_INTO_DATE


@given(cell=st.text() | st.dates() | st.times() | st.timedeltas())
@example("\ud800")
@example("\0")
@example("²")
def test_no_cell_raises_anything_else(cell: Cell) -> None:
    for parse in PARSERS:
        try:
            value = parse(cell)
        except BadCellError:
            continue
        for text in value if isinstance(value, tuple) else [value]:
            assert not (isinstance(text, str) and has_forbidden_characters(text))

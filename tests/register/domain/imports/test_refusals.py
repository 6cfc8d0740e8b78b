"""A file that contradicts itself or the register is refused whole, and every fault is named."""

import datetime

import pytest

from egzaminator.audit.models import Event
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.errors import BadRowsError, MissingColumnsError, RepeatedColumnsError, UnreadableFileError
from egzaminator.register.models import Scope
from egzaminator.register.problems import FileProblem, Problem, RowProblem
from tests.register.files import ANNA, COLUMNS, JAN, csv_file, sheet_row, xlsx_file
from tests.register.importing import ANNAS_SECOND, RESTORED, STRUCK_OFF, problems_of, read

pytestmark = pytest.mark.django_db


def test_two_names_of_one_person_are_refused() -> None:
    rows = [ANNA, ANNAS_SECOND | {"nazwisko": "Nowak"}, STRUCK_OFF | {"imiona": "Hanna"}, JAN]
    assert problems_of(*rows) == [
        RowProblem(3, Column.SURNAME, Problem.NAMES_DIFFER, 2),
        RowProblem(4, Column.FIRST_NAMES, Problem.NAMES_DIFFER, 2),
    ]


def test_a_number_of_another_person_is_refused() -> None:
    assert problems_of(ANNA, JAN | {"numer_ewidencyjny": " mbi/1 /2019"}) == [
        RowProblem(3, Column.NUMBER, Problem.NUMBER_OF_ANOTHER_IN_FILE, 2)
    ]
    read(ANNA)
    assert problems_of(JAN, JAN | {"numer_ewidencyjny": "MBI/1/2019"}) == [
        RowProblem(3, Column.NUMBER, Problem.NUMBER_OF_ANOTHER_IN_REGISTER)
    ]


def test_one_number_has_one_scope_and_one_decision_one_date() -> None:
    assert problems_of(ANNA, RESTORED | {"zakres": "MCH"}, ANNA | {"data_decyzji": "2019-03-02"}) == [
        RowProblem(3, Column.SCOPE, Problem.SCOPE_DIFFERS, 2),
        RowProblem(4, Column.DECIDED_ON, Problem.DECISION_DATE_DIFFERS, 2),
    ]


def test_every_bad_row_is_told_and_nothing_is_written() -> None:
    rows = [
        ANNA,
        JAN | {"pesel": "2070803628", "data_decyzji": ""},
        JAN | {"numer_ewidencyjny": "MBI/1/2019", "zakres": "MFI"},
        JAN | {"nr_decyzji": "gru.11"},
    ]
    assert problems_of(*rows) == [
        RowProblem(3, Column.PESEL, Problem.PESEL_LOST_ZERO),
        RowProblem(3, Column.DECIDED_ON, Problem.EMPTY),
        RowProblem(4, Column.NUMBER, Problem.NUMBER_OF_ANOTHER_IN_FILE, 2),
        RowProblem(5, Column.REFERENCE, Problem.TURNED_INTO_DATE),
    ]
    assert Scope.objects.count() == 0


def test_a_bad_file_is_refused_whole() -> None:
    with pytest.raises(UnreadableFileError) as unreadable:
        import_register(file=csv_file(ANNA, encoding="utf-16"))
    assert unreadable.value.problem is FileProblem.UTF_16
    with pytest.raises(UnreadableFileError) as unreadable:
        import_register(file=xlsx_file())
    assert (unreadable.value.problem, unreadable.value.sheets) == (FileProblem.EMPTY_SHEETS, ["Sheet"])
    with pytest.raises(MissingColumnsError) as missing:
        import_register(file=xlsx_file(["pesel", "imiona"], ["x", "y"]))
    assert (missing.value.sheet, len(missing.value.columns)) == ("Sheet", 5)
    with pytest.raises(MissingColumnsError) as missing:
        import_register(file=csv_file({"pesel": "44051401359"}, columns=["pesel"]))
    assert len(missing.value.columns) == 6
    with pytest.raises(RepeatedColumnsError) as repeated:
        import_register(file=csv_file(ANNA, columns=[*COLUMNS, "Pesel"]))
    assert repeated.value.columns == [Column.PESEL]
    assert not Event.objects.exists()


def test_what_excel_spoils_is_named_in_workbooks_too() -> None:
    rows = [
        sheet_row(ANNA, pesel=2070803628),
        sheet_row(JAN, numer_ewidencyjny=datetime.date(2011, 12, 1)),
        sheet_row(JAN, pesel="8,5E+10", data_decyzji=45983),
    ]
    with pytest.raises(BadRowsError) as caught:
        import_register(file=xlsx_file(COLUMNS, *rows))
    assert caught.value.problems == [
        RowProblem(2, Column.PESEL, Problem.PESEL_LOST_ZERO, sheet="Sheet"),
        RowProblem(3, Column.NUMBER, Problem.TURNED_INTO_DATE, sheet="Sheet"),
        RowProblem(4, Column.PESEL, Problem.ROUNDED, sheet="Sheet"),
        RowProblem(4, Column.DECIDED_ON, Problem.DATE_AS_NUMBER, sheet="Sheet"),
    ]

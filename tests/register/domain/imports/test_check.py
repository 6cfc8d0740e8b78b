import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports import check
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.imports.preview import NewDecision, PreviewPart, ValueChange, count_part, preview
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.enums import DecisionKind, ImportState, RegisterField
from egzaminator.register.errors import MissingColumnsError, RepeatedColumnsError, UnreadableFileError
from egzaminator.register.models import Examiner, Import, ImportRow, Scope
from egzaminator.register.problems import FileProblem, Problem
from egzaminator.stored_files.models import Piece
from tests.register.browser import checked, now, part, upload
from tests.register.files import ADDRESS, ANNA, COLUMNS, JAN, csv_file, xlsx_file
from tests.register.importing import ANNAS_SECOND, STRUCK_OFF, WITHOUT_PESEL, read
from tests.register.rows import everything

pytestmark = pytest.mark.django_db


def test_new_rows() -> None:
    one = checked(ANNA, ANNAS_SECOND, WITHOUT_PESEL)
    assert one.counts == {"rows": 3, "new": 3, "changed": 0, "same": 0, "wrong": 0, "apart": 0, "new_scopes": 2}
    anna, second, jan = part(one, PreviewPart.NEW)
    assert (anna.line, anna.name, anna.number, anna.scope) == (2, "Łukasik Anna Maria", "MBI/1/2019", "MBI")
    assert (anna.is_new_person, anna.is_new_entry, anna.examiner_id) == (True, True, None)
    assert anna.decision == NewDecision(DecisionKind.ENTRY, "OKE-4410-1/19", "2019-03-01")
    assert (second.is_new_person, second.is_new_entry, second.number) == (False, True, "MBI/9/2021")
    assert jan.is_new_person
    assert ImportReport.of(one).new_scopes == ["MBI", "MCH"]


def test_checking_writes_nothing_into_the_register() -> None:
    read(JAN)
    before = everything()
    checked(ANNA, JAN | {"nazwisko": "Nowy", "zakres": "MFI"})
    assert everything() == before


def test_changed_rows_say_from_what_to_what() -> None:
    read(ANNA | {"email": "a@example.org"} | ADDRESS, JAN | ADDRESS)
    changed = (
        ANNA
        | ADDRESS
        | {
            "numer_lokalu": "",
            "nazwisko": "Nowak",
            "imiona": "Anna",
            "email": "b@example.org",
            "numer_ewidencyjny": "mbi/1/2019",
            "zakres": "MCH",
            "data_decyzji": "2019-03-02",
        }
    )
    one = checked(changed, JAN | ADDRESS, STRUCK_OFF | {"nazwisko": "Nowak", "imiona": "Anna", "zakres": "MCH"})
    assert one.counts == {"rows": 3, "new": 0, "changed": 2, "same": 1, "wrong": 0, "apart": 0, "new_scopes": 0}
    anna, struck_off = part(one, PreviewPart.CHANGED)
    assert anna.changes == [
        ValueChange(RegisterField.SURNAME, "Łukasik", "Nowak"),
        ValueChange(RegisterField.FIRST_NAMES, "Anna Maria", "Anna"),
        ValueChange(RegisterField.EMAIL, "a@example.org", "b@example.org"),
        ValueChange(RegisterField.ADDRESS, "Święty Marcin 4A m. 12, 61-806 Poznań", "Święty Marcin 4A, 61-806 Poznań"),
        ValueChange(RegisterField.NUMBER, "MBI/1/2019", "mbi/1/2019"),
        ValueChange(RegisterField.SCOPE, "MBI", "MCH"),
        ValueChange(RegisterField.DECIDED_ON, "2019-03-01", "2019-03-02"),
    ]
    assert anna.examiner_id == Examiner.objects.get(surname="Łukasik").pk
    assert struck_off.changes == []
    assert struck_off.decision == NewDecision(DecisionKind.STRIKE_OFF, "OKE-4411-5/22", "2022-06-07")
    (jan,) = part(one, PreviewPart.SAME)
    assert (jan.line, jan.decision, jan.changes) == (3, None, [])


def test_wrong_rows_keep_what_is_right_in_them_and_name_sheet_line_and_column() -> None:
    header = [name.replace("nr_decyzji", "Nr. decyzji") for name in COLUMNS]
    no_reference = [*list(JAN.values())[:5], "", JAN["data_decyzji"]]
    bad_name = ["2070803628", "Anna", "44051401359", "MBI/7", "MBI", "D/1", "2019-03-01"]
    one = upload(xlsx_file(header, no_reference, bad_name, list(ANNA.values())), name="lista.xlsx")
    check_import(own_rows=own_rows)
    one = now(one)
    assert one.counts == {"rows": 3, "new": 1, "changed": 0, "same": 0, "wrong": 2, "apart": 0, "new_scopes": 1}
    first, second = part(one, PreviewPart.WRONG)
    assert (first.line, first.sheet, first.name, first.number, first.scope) == (
        2, "Sheet", "Żak Jan", "MCH/2/2019", "MCH",
    )  # fmt: skip
    (problem,) = first.problems
    assert (problem.column, problem.problem, problem.heading) == (Column.REFERENCE, Problem.EMPTY, "Nr. decyzji")
    assert problem.sheet == "Sheet"
    assert [problem.problem for problem in second.problems] == [Problem.PESEL_LOST_ZERO, Problem.NOT_A_NAME]
    assert (second.name, second.number) == ("", "MBI/7")


def test_conflicts_make_rows_wrong_too() -> None:
    read(JAN)
    one = checked(ANNA, ANNA | {"nazwisko": "Nowak"}, ANNAS_SECOND | {"numer_ewidencyjny": JAN["numer_ewidencyjny"]})
    names, number = part(one, PreviewPart.WRONG)
    assert [(p.column, p.problem, p.detail) for p in names.problems] == [(Column.SURNAME, Problem.NAMES_DIFFER, 2)]
    assert [p.problem for p in number.problems] == [Problem.NUMBER_OF_ANOTHER_IN_REGISTER]
    assert names.name == "Nowak Anna Maria"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", UnreadableFileError(FileProblem.EMPTY, sheets=[])),
        (b"%PDF-1.7", UnreadableFileError(FileProblem.PDF, sheets=[])),
        (b"pesel;imiona;nazwisko;zakres;nr_decyzji\n", MissingColumnsError([Column.NUMBER, Column.DECIDED_ON])),
        ((";".join([*COLUMNS, "pesel"]) + "\n").encode(), RepeatedColumnsError([Column.PESEL])),
    ],
)  # fmt: skip
def test_a_file_that_is_no_register_file_is_refused_in_the_commands_words(content: bytes, refusal: Exception) -> None:
    file = csv_file()
    file.seek(0)
    file.truncate()
    file.write(content)
    one = upload(file, name="Kowalska.pdf")
    check_import(own_rows=own_rows)
    one = now(one)
    assert (one.state, one.counts, one.percent) == (ImportState.REFUSED, {}, 100)
    report = ImportReport.of(one)
    assert type(report.refusal) is type(refusal)
    assert report.refusal is not None
    assert vars(report.refusal) == vars(refusal)
    assert report.name == "Kowalska.pdf"


def test_a_file_of_more_rows_than_are_taken_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MOST_ROWS", 2)
    assert checked(ANNA, JAN).counts["rows"] == 2
    ImportRow.objects.all().delete()
    one = upload(csv_file(ANNA, JAN, {**ANNA, "pesel": "wrong"}))
    check_import(own_rows=own_rows)
    one = now(one)
    refusal = ImportReport.of(one).refusal
    assert isinstance(refusal, UnreadableFileError)
    assert refusal.problem == FileProblem.MANY_ROWS
    assert not ImportRow.objects.exists()
    assert one.parsed is None


def test_nothing_of_the_file_stands_in_clear() -> None:
    checked(ANNA, JAN | {"pesel": "80071610613", "imiona": "Jan 80071610614"})
    with connection.cursor() as cursor:
        for table in ("register_import", "register_importrow", "stored_files_piece", "stored_files_storedfile"):
            cursor.execute(f"SELECT {table}::text FROM {table}")  # noqa: S608 -- the names above
            text = str(cursor.fetchall())
            for value in (*ANNA.values(), *JAN.values(), "80071610613", "decyzje.csv"):
                if value != "MBI":  # too short not to occur in ciphertexts
                    assert value not in text
                    assert value.encode().hex() not in text
    assert Piece.objects.count() == 2


def test_a_page_costs_the_same_queries_whatever_its_rows_and_goes_on_by_line() -> None:
    one = checked(*(ANNA | {"numer_ewidencyjny": f"MBI/{n}", "nr_decyzji": f"D/{n}"} for n in range(5)))
    with CaptureQueriesContext(connection) as for_one:
        first = preview(of=one, part=PreviewPart.NEW, size=1)
    with CaptureQueriesContext(connection) as for_three:
        second = preview(of=one, part=PreviewPart.NEW, after=first.next, size=3)
    assert len(for_one) == len(for_three) == 1
    assert [row.line for row in first.rows + second.rows] == [2, 3, 4, 5]
    last = preview(of=one, part=PreviewPart.NEW, after=second.next, size=3)
    assert ([row.line for row in last.rows], last.next, first.is_first, last.is_first) == ([6], None, True, False)
    assert count_part(of=one, part=PreviewPart.NEW) == 5
    assert count_part(of=one, part=PreviewPart.WRONG) == 0


def test_scopes_get_their_rows_only_when_they_are_written() -> None:
    checked(ANNA)
    assert not Scope.objects.exists()
    read(JAN)
    assert list(Scope.objects.values_list("code", "name")) == [("MCH", "MCH")]


def test_nothing_due_is_no_error() -> None:
    check_import(own_rows=own_rows)
    assert not Import.objects.exists()

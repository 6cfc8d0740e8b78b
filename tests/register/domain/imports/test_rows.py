"""What the rows of a file become in the register."""

import datetime
import io
from pathlib import Path

import pytest

from egzaminator.register.domain.imports.command import ImportSummary, import_register
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.domain.write_rows import Changes
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry, Examiner, Scope
from tests.register.files import ANNA, COLUMNS, JAN, csv_file, sheet_row, xlsx_file
from tests.register.importing import ANNAS_SECOND, NOTHING, WITHOUT_PESEL, read
from tests.register.rows import digits_of, everything, found

pytestmark = pytest.mark.django_db


def test_examiners_entries_scopes_and_decisions() -> None:
    summary = read(ANNA | {"email": "anna@example.pl"}, JAN, ANNAS_SECOND)
    assert summary == ImportSummary(
        rows=3,
        new_scopes=2,
        changes=Changes(
            new_examiners=2,
            changed_examiners=0,
            new_entries=3,
            changed_entries=0,
            new_decisions=3,
            changed_decisions=0,
            struck_off=0,
            restored=0,
        ),
        ignored_columns=[],
    )
    anna = found("44051401359")
    assert (anna.surname, anna.first_names, anna.email) == ("Łukasik", "Anna Maria", "anna@example.pl")
    assert (anna.sort_key, anna.search_key) == name_keys(surname="Łukasik", first_names="Anna Maria")
    assert (anna.identifier, anna.identifier_key, len(anna.password_salt)) == ("", None, 22)
    assert digits_of(anna) == "44051401359"
    assert set(Entry.objects.values_list("examiner__surname", "number", "number_key", "scope__code", "state")) == {
        ("Łukasik", "MBI/1/2019", "mbi/1/2019", "MBI", EntryState.ACTIVE),
        ("Łukasik", "MBI/9/2021", "mbi/9/2021", "MCH", EntryState.ACTIVE),
        ("Żak", "MCH/2/2019", "mch/2/2019", "MCH", EntryState.ACTIVE),
    }
    assert set(Decision.objects.values_list("entry__number", "kind", "reference", "decided_on", "ground")) == {
        ("MBI/1/2019", DecisionKind.ENTRY, "OKE-4410-1/19", datetime.date(2019, 3, 1), ""),
        ("MBI/9/2021", DecisionKind.ENTRY, "OKE-4410-9/21", datetime.date(2021, 5, 4), ""),
        ("MCH/2/2019", DecisionKind.ENTRY, "OKE-4410-2/19", datetime.date(2019, 3, 1), ""),
    }
    assert set(Scope.objects.values_list("code", "exam_kind", "name", "is_retired")) == {
        ("MBI", "", "MBI", False),
        ("MCH", "", "MCH", False),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_kind_of_csv_makes_the_same_register(encoding: str, separator: str) -> None:
    read(ANNA, JAN)
    before = everything()
    file = csv_file(ANNA, JAN, columns=COLUMNS[::-1], separator=separator, encoding=encoding)
    assert import_register(file=file).changes == NOTHING
    assert everything() == before


def test_a_workbook_makes_the_same_register() -> None:
    read(ANNA, JAN)
    before = everything()
    file = xlsx_file(COLUMNS, sheet_row(ANNA, pesel=44051401359), [], sheet_row(JAN))
    assert import_register(file=file) == ImportSummary(2, 0, NOTHING, [], sheet="Sheet", other_sheets=[])
    assert everything() == before


def test_examiners_without_a_pesel() -> None:
    read(WITHOUT_PESEL)
    jan = found("bp7")
    assert (jan.identifier, jan.identifier_key, jan.pesel, jan.pesel_index) == ("BP 7", "bp7", None, None)
    again = read(
        WITHOUT_PESEL | {"identyfikator": "bp 7", "numer_ewidencyjny": "MCH/3/2020", "nr_decyzji": "OKE-3"}, ANNA
    )
    assert (again.changes.new_examiners, again.changes.new_entries) == (1, 2)
    assert jan.entries.count() == 2


def test_rows_of_one_person_may_differ_in_capitals_and_spaces() -> None:
    read(ANNA | {"nazwisko": "Łukasik Żak"}, ANNAS_SECOND | {"nazwisko": "ŁUKASIK  ŻAK", "imiona": "anna maria"})
    assert Examiner.objects.get().surname == "Łukasik Żak"


def test_a_file_of_column_names_alone_changes_nothing() -> None:
    assert import_register(file=csv_file()) == ImportSummary(0, 0, NOTHING, [])


def test_other_columns_are_told() -> None:
    assert read(ANNA | {"Uwagi": "x", "lp": "1"}).ignored_columns == ["Uwagi", "lp"]


def test_a_person_of_one_name() -> None:
    read(ANNA | {"imiona": "–", "nazwisko": "Sukarno"}, JAN | {"imiona": "Teller", "nazwisko": "-"})
    assert {person.name for person in Examiner.objects.all()} == {"Sukarno", "Teller"}


def test_the_example_of_the_documentation() -> None:
    text = (Path(__file__).parents[4] / "docs" / "register-file.md").read_text(encoding="utf-8")
    example = text.split("```")[3].strip()
    summary = import_register(file=io.BytesIO(example.encode()))
    assert (summary.rows, summary.changes.new_examiners, summary.changes.new_entries) == (4, 2, 3)
    assert summary.changes.struck_off == 1

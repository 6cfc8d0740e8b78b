import datetime
import io
import tracemalloc
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.encryption import decrypt
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports import ImportSummary, import_register
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.domain.write_rows import Changes
from egzaminator.register.enums import DecisionKind, EntryState, ExamKind
from egzaminator.register.errors import BadRowsError, MissingColumnsError, RepeatedColumnsError, UnreadableFileError
from egzaminator.register.models import Decision, Entry, Examiner, Scope, pesel_context
from egzaminator.register.problems import FileProblem, Problem, RowProblem
from tests.register.files import ANNA, COLUMNS, JAN, csv_file, sheet_row, xlsx_file
from tests.register.rows import digits_of, everything, found

pytestmark = pytest.mark.django_db

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
        ("MBI", ExamKind.OTHER, "MBI", False),
        ("MCH", ExamKind.OTHER, "MCH", False),
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


def test_the_same_file_twice_changes_nothing() -> None:
    rows = [ANNA, JAN | {"email": "jan@example.pl"}, ANNAS_SECOND, STRUCK_OFF, STRUCK_OFF, RESTORED, ANNA]
    rows.append(WITHOUT_PESEL | {"numer_ewidencyjny": "X/1", "imiona": "Li", "nazwisko": "Wei"})
    with time_machine.travel("2026-11-22T10:00:00+00:00", tick=False):
        read(*rows)
    before = everything()
    with time_machine.travel("2026-11-23T10:00:00+00:00", tick=False):
        assert read(*rows) == ImportSummary(8, 0, NOTHING, [])
        assert read(*rows[::-1]).changes == NOTHING
    assert everything() == before


def test_a_dry_run_writes_nothing_and_tells_all() -> None:
    read(ANNA)
    before, events = everything(), Event.objects.count()
    rows = [ANNA | {"nazwisko": "Nowak"}, JAN, STRUCK_OFF | {"nazwisko": "Nowak"}]
    would = read(*rows, dry_run=True)
    assert (everything(), Event.objects.count()) == (before, events)
    assert would == read(*rows)
    assert (would.changes.changed_examiners, would.changes.new_examiners, would.changes.struck_off) == (1, 1, 1)


def test_a_new_name_replaces_the_old_one() -> None:
    with time_machine.travel("2026-11-22T10:00:00+00:00", tick=False):
        read(ANNA, JAN)
    jan = found(JAN["pesel"])
    with time_machine.travel("2026-11-23T10:00:00+00:00", tick=False):
        summary = read(ANNA | {"nazwisko": "Ćwik-Łukasik"})
    assert summary.changes == Changes(**(asdict(NOTHING) | {"changed_examiners": 1}))
    anna = found(ANNA["pesel"])
    assert (anna.surname, anna.first_names) == ("Ćwik-Łukasik", "Anna Maria")
    assert (anna.sort_key, anna.search_key) == name_keys(surname="Ćwik-Łukasik", first_names="Anna Maria")
    assert (anna.created_at.day, anna.updated_at.day) == (22, 23)
    assert found(JAN["pesel"]).updated_at == jan.updated_at


def test_an_email_is_learnt_changed_and_not_forgotten() -> None:
    read(ANNA)
    read(ANNA | {"email": ""}, ANNAS_SECOND | {"email": "anna@example.pl"})
    read(ANNA)
    read(ANNA | {"email": ""})
    assert found(ANNA["pesel"]).email == "anna@example.pl"
    read(ANNA | {"email": "nowy@example.pl"})
    assert found(ANNA["pesel"]).email == "nowy@example.pl"


def test_absence_strikes_nobody_off() -> None:
    read(ANNA, ANNAS_SECOND, JAN)
    before = everything()
    read(ANNA)
    assert everything() == before


def test_a_strike_off_and_a_new_entry_decision() -> None:
    read(ANNA, ANNAS_SECOND)
    summary = read(STRUCK_OFF)
    assert (summary.changes.struck_off, summary.changes.new_decisions, summary.changes.new_entries) == (1, 1, 0)
    assert (entry("MBI/1/2019").state, entry("MBI/9/2021").state) == (EntryState.STRUCK_OFF, EntryState.ACTIVE)

    assert read(ANNA).changes == NOTHING
    assert entry("MBI/1/2019").state == EntryState.STRUCK_OFF

    summary = read(RESTORED)
    assert (summary.changes.restored, summary.changes.struck_off, summary.changes.new_decisions) == (1, 0, 1)
    assert entry("MBI/1/2019").state == EntryState.ACTIVE
    assert entry("MBI/1/2019").entered_on == datetime.date(2019, 3, 1)
    assert entry("MBI/1/2019").decisions.count() == 3


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([ANNA, STRUCK_OFF, RESTORED], EntryState.ACTIVE),
        ([RESTORED, STRUCK_OFF, ANNA], EntryState.ACTIVE),
        ([STRUCK_OFF, ANNA], EntryState.STRUCK_OFF),
        ([STRUCK_OFF, RESTORED | {"data_decyzji": STRUCK_OFF["data_decyzji"]}], EntryState.ACTIVE),
        ([RESTORED | {"data_decyzji": STRUCK_OFF["data_decyzji"]}, STRUCK_OFF], EntryState.STRUCK_OFF),
    ],
)
def test_the_last_decision_counts_by_date_then_by_row(rows: list[dict[str, str]], state: EntryState) -> None:
    read(*rows)
    assert entry("MBI/1/2019").state == state


def test_a_strike_off_alone_tells_no_date_of_entry() -> None:
    summary = read(STRUCK_OFF)
    assert (summary.changes.new_entries, summary.changes.struck_off) == (1, 1)
    assert (entry("MBI/1/2019").state, entry("MBI/1/2019").entered_on) == (EntryState.STRUCK_OFF, None)
    read(ANNA)
    assert (entry("MBI/1/2019").state, entry("MBI/1/2019").entered_on) == (
        EntryState.STRUCK_OFF,
        datetime.date(2019, 3, 1),
    )


def test_examiners_without_a_pesel() -> None:
    read(WITHOUT_PESEL)
    jan = found("bp7")
    assert (jan.identifier, jan.identifier_key, jan.pesel, jan.pesel_index) == ("BP 7", "bp7", None, None)
    again = read(
        WITHOUT_PESEL | {"identyfikator": "bp 7", "numer_ewidencyjny": "MCH/3/2020", "nr_decyzji": "OKE-3"}, ANNA
    )
    assert (again.changes.new_examiners, again.changes.new_entries) == (1, 2)
    assert jan.entries.count() == 2


def test_scopes_are_one_whatever_their_capitals_and_keep_their_names() -> None:
    Scope.objects.create(code="MBI", name="biologia", exam_kind=ExamKind.MATURA, is_retired=True)
    summary = read(ANNA | {"zakres": "mbi"}, JAN | {"zakres": "Inf.02"}, ANNAS_SECOND | {"zakres": "INF.02"})
    assert summary.new_scopes == 1
    assert set(Scope.objects.values_list("code", "name", "exam_kind", "is_retired")) == {
        ("MBI", "biologia", ExamKind.MATURA, True),
        ("Inf.02", "Inf.02", ExamKind.OTHER, False),
    }


def test_a_corrected_scope_number_and_date() -> None:
    read(ANNA)
    corrected = {"zakres": "MCH", "numer_ewidencyjny": "MBI / 1 / 2019", "data_decyzji": "2019-03-02"}
    summary = read(ANNA | corrected)
    assert (summary.changes.changed_entries, summary.changes.changed_decisions, summary.changes.new_entries) == (
        1,
        1,
        0,
    )
    corrected_entry = Entry.objects.get()
    assert (corrected_entry.number, corrected_entry.scope.code, corrected_entry.entered_on) == (
        "MBI / 1 / 2019",
        "MCH",
        datetime.date(2019, 3, 2),
    )


def test_rows_of_one_person_may_differ_in_capitals_and_spaces() -> None:
    read(ANNA | {"nazwisko": "Łukasik Żak"}, ANNAS_SECOND | {"nazwisko": "ŁUKASIK  ŻAK", "imiona": "anna maria"})
    assert Examiner.objects.get().surname == "Łukasik Żak"


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


def test_a_file_of_column_names_alone_changes_nothing() -> None:
    assert import_register(file=csv_file()) == ImportSummary(0, 0, NOTHING, [])


def test_other_columns_are_told() -> None:
    assert read(ANNA | {"Uwagi": "x", "lp": "1"}).ignored_columns == ["Uwagi", "lp"]


def test_more_rows_than_are_read_at_once() -> None:
    rows = [
        ANNA | {"numer_ewidencyjny": f"MBI/{place}", "nr_decyzji": f"OKE-{place}"}
        if place % 2
        else JAN | {"numer_ewidencyjny": f"MCH/{place}", "nr_decyzji": f"OKE-{place}"}
        for place in range(4100)
    ]
    assert read(*rows).changes == Changes(
        **(asdict(NOTHING) | {"new_examiners": 2, "new_entries": 4100, "new_decisions": 4100})
    )
    assert Examiner.objects.count() == 2
    assert digits_of(found(ANNA["pesel"])) == ANNA["pesel"]


def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(count: int) -> int:
        file = csv_file(*[ANNA | {"numer_ewidencyjny": f"MBI/{n}", "nr_decyzji": f"{n}/19"} for n in range(count)])
        tracemalloc.start()
        try:
            import_register(file=file, dry_run=True)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(12_000) < 1.2 * peak(4000)


def test_the_import_is_recorded_without_anything_personal() -> None:
    read(ANNA, JAN | {"email": "jan@example.pl"})
    event = Event.objects.get()
    assert event.tag == Tag.REGISTER_IMPORTED
    assert event.details == {
        "rows": 2,
        "new_scopes": 2,
        "new_examiners": 2,
        "changed_examiners": 0,
        "new_entries": 2,
        "changed_entries": 0,
        "new_decisions": 2,
        "changed_decisions": 0,
        "struck_off": 0,
        "restored": 0,
    }


def test_the_pesel_is_bound_to_its_examiner_whose_id_says_nothing() -> None:
    read(ANNA)
    first = Examiner.objects.get()
    assert first.id.version == 4
    assert first.pesel_encrypted is not None
    assert first.pesel_index is not None
    assert decrypt(first.pesel_encrypted, context=pesel_context(first.id)) == ANNA["pesel"]
    Decision.objects.all().delete()
    Entry.objects.all().delete()
    Examiner.objects.all().delete()
    read(ANNA)
    assert Examiner.objects.get().id not in {first.id, uuid.UUID(bytes=bytes(first.pesel_index)[:16], version=4)}


def test_progress_grows_to_the_whole() -> None:
    shares: list[float] = []
    read(
        *[ANNA | {"numer_ewidencyjny": f"MBI/{n}", "nr_decyzji": f"{n}/19"} for n in range(2500)],
        progress=shares.append,
    )
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert len(shares) == 9


def test_no_pesel_is_sent_to_the_database_in_clear() -> None:
    with connection.execute_wrapper(_refuse_pesels):
        read(ANNA, JAN)


def _refuse_pesels(
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,  # noqa: FBT001 -- Django's own signature
    context: dict[str, object],
) -> object:
    assert ANNA["pesel"] not in f"{sql} {params}"
    return execute(sql, params, many, context)


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


@pytest.mark.parametrize("dash", "\u2010\u2011\u2013\u2014\u2212\u00ad")
def test_a_number_is_one_whatever_its_dash(dash: str) -> None:
    read(ANNA | {"numer_ewidencyjny": "1-01234"})
    before = everything()
    again = ANNA | {"numer_ewidencyjny": f"1{dash}01234", "nr_decyzji": ANNA["nr_decyzji"].replace("-", dash)}
    assert read(again).changes == NOTHING
    assert everything() == before
    assert problems_of(JAN | {"numer_ewidencyjny": f"1{dash}01234"}) == [
        RowProblem(2, Column.NUMBER, Problem.NUMBER_OF_ANOTHER_IN_REGISTER)
    ]


def test_a_person_of_one_name() -> None:
    read(ANNA | {"imiona": "–", "nazwisko": "Sukarno"}, JAN | {"imiona": "Teller", "nazwisko": "-"})
    assert {person.name for person in Examiner.objects.all()} == {"Sukarno", "Teller"}


def test_the_example_of_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "register-file.md").read_text(encoding="utf-8")
    example = text.split("```")[3].strip()
    summary = import_register(file=io.BytesIO(example.encode()))
    assert (summary.rows, summary.changes.new_examiners, summary.changes.new_entries) == (4, 2, 3)
    assert summary.changes.struck_off == 1

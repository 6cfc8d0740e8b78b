"""What a file changes in a register that is not empty, and what it leaves alone."""

import datetime
from dataclasses import asdict

import pytest
import time_machine

from egzaminator.audit.models import Event
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports.command import ImportSummary
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.domain.write_rows import Changes
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Entry, Scope
from egzaminator.register.problems import Problem, RowProblem
from tests.register.files import ANNA, JAN
from tests.register.importing import (
    ANNAS_SECOND,
    NOTHING,
    RESTORED,
    STRUCK_OFF,
    WITHOUT_PESEL,
    entry,
    problems_of,
    read,
)
from tests.register.rows import everything, found

pytestmark = pytest.mark.django_db


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


def test_scopes_are_one_whatever_their_capitals_and_keep_their_names() -> None:
    Scope.objects.create(code="MBI", name="biologia", exam_kind=ExamKind.MATURA, is_retired=True)
    summary = read(ANNA | {"zakres": "mbi"}, JAN | {"zakres": "Inf.02"}, ANNAS_SECOND | {"zakres": "INF.02"})
    assert summary.new_scopes == 1
    assert set(Scope.objects.values_list("code", "name", "exam_kind", "is_retired")) == {
        ("MBI", "biologia", ExamKind.MATURA, True),
        ("Inf.02", "Inf.02", "", False),
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

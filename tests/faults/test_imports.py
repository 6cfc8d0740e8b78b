"""Imports that are killed, and imports while others work: in processes of their own."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.records.domain.shown import NAMES, show_person
from egzaminator.register.domain.imports.browser import ask_to_apply
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.imports.jobs import APPLY_TASK, CHECK_TASK
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Decision, Entry, Examiner, ImportedPerson, ImportRow
from egzaminator.staff.roles import Role
from egzaminator.stored_files.models import StoredFile
from tests.faults import import_races, record_races
from tests.faults.test_exports import let_the_worker_be_taken_for_dead
from tests.faults.test_records_at_once import both_ways, person
from tests.faults.workers import Worker, kill, wait_for
from tests.helpers.concurrency import is_somebody_waiting
from tests.helpers.factories import make_claim, make_staff
from tests.helpers.interleaving import Given
from tests.register.browser import checked, now, upload
from tests.register.files import ANNA, JAN, csv_file
from tests.register.importing import read
from tests.register.rows import everything

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


@pytest.mark.parametrize(
    "table", ["register_examiner", "register_entry", "register_decision", "register_importedperson", "audit_event"]
)
def test_killed_while_it_writes_an_import_has_written_nothing_and_is_begun_again(
    table: str, start_worker: Callable[[int], Worker]
) -> None:
    assert APPLY_TASK in app.tasks
    read(ANNA)
    officer = Actor(make_staff(roles=[Role.RECORDS]).pk)
    one = upload(csv_file(ANNA | {"nazwisko": "Nowak"}, JAN), by=officer)
    check_import(own_rows=own_rows)
    ask_to_apply(one=one, by=officer)
    before = everything()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")  # nobody writes into it
        worker = start_worker(1)
        wait_for(lambda: is_somebody_waiting(table=table), 60)
        stopped = now(one)
        assert (stopped.state, stopped.attempts) == (ImportState.APPLYING, 1)
        assert 20 <= stopped.percent <= 80
        kill(worker)
    wait_for(lambda: everything() == before)

    let_the_worker_be_taken_for_dead()
    start_worker(1)
    wait_for(lambda: now(one).state == ImportState.APPLIED, 60)
    assert (now(one).attempts, now(one).percent) == (2, 100)
    assert set(Examiner.objects.values_list("surname", flat=True)) == {"Nowak", "Żak"}
    assert (Entry.objects.count(), Decision.objects.count()) == (2, 2)
    assert ImportedPerson.objects.filter(source=one).count() == 2
    assert Event.objects.filter(tag=Tag.REGISTER_IMPORTED, actor=officer.account_id).count() == 1
    assert not StoredFile.objects.exists()


def test_killed_while_it_checks_a_file_is_checked_again_and_shows_each_row_once(
    start_worker: Callable[[int], Worker],
) -> None:
    assert CHECK_TASK in app.tasks
    one = upload(csv_file(ANNA, JAN | {"pesel": "wrong"}))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE register_importrow IN SHARE MODE")
        worker = start_worker(1)
        wait_for(lambda: is_somebody_waiting(table="register_importrow"), 60)
        assert now(one).state == ImportState.CHECKING
        kill(worker)

    let_the_worker_be_taken_for_dead()
    start_worker(1)
    wait_for(lambda: now(one).state == ImportState.CHECKED, 60)
    one = now(one)
    assert one.counts == {"rows": 2, "new": 1, "changed": 0, "same": 0, "wrong": 1, "apart": 0, "new_scopes": 1}
    assert ImportRow.objects.count() == 2
    assert StoredFile.objects.count() == 2
    assert one.parsed is not None
    assert one.parsed.completed_at is not None


def row_of(examiner: Examiner, **cells: str) -> dict[str, str]:
    """Return the row of a file for a person of `person`."""
    return {
        "pesel": "",
        "identyfikator": examiner.identifier,
        "imiona": examiner.first_names,
        "nazwisko": examiner.surname,
        "numer_ewidencyjny": examiner.entries.get().number,
        "zakres": examiner.entries.get().scope.code,
        "nr_decyzji": examiner.entries.get().decisions.get().reference,
        "data_decyzji": examiner.entries.get().decisions.get().decided_on.isoformat(),
    } | cells


def test_a_correction_and_an_import_at_once_lose_nothing_of_each_other() -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        shown = dict(show_person(examiner, NAMES))
        correction = {"examiner": str(examiner.id), "surname": "Lis", "shown": shown}
        return {"row": row_of(examiner, nazwisko="Nowak")}, correction

    outcomes = set()
    for index, raised in both_ways(import_races.read, record_races.correct_names, given):
        outcomes.add(raised)
        surname = Examiner.objects.get(identifier=f"X{index}").surname
        assert surname == ("Nowak" if raised[1] else "Lis")
    assert outcomes == {("", ""), ("", "ChangedMeanwhileError")}


def test_what_was_previewed_is_applied_or_what_a_colleague_corrected_is_shown_first() -> None:
    imports = {}

    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        shown = dict(show_person(examiner, NAMES))
        imports[index] = checked(row_of(examiner, nazwisko="Nowak"))
        return {"one": str(imports[index].pk)}, {"examiner": str(examiner.id), "surname": "Lis", "shown": shown}

    outcomes = set()
    for index, raised in both_ways(import_races.apply, record_races.correct_names, given, cases=90):
        one = now(imports[index])
        outcomes.add((raised, one.state))
        surname = Examiner.objects.get(identifier=f"X{index}").surname
        assert surname == ("Nowak" if one.state == ImportState.APPLIED else "Lis")
    assert outcomes == {
        (("", ""), ImportState.CHECKED),
        (("", "ChangedMeanwhileError"), ImportState.APPLIED),
    }


@pytest.mark.parametrize("is_first_login", [False, True])
def test_an_import_and_its_owner_come_through_together(*, is_first_login: bool) -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        row = row_of(
            examiner, nazwisko="Nowak", rodzaj_decyzji="skreślenie", nr_decyzji="S/1", data_decyzji="2026-11-01"
        )
        if is_first_login:
            return {"row": row}, {"examiner": str(examiner.id)}
        claim = make_claim(examiner, email=f"x{index}@example.org")
        return {"row": row}, {"claim": str(claim.id), "token": record_races.token_for(claim)}

    owner = record_races.save if is_first_login else record_races.activate
    outcomes = set()
    for index, raised in both_ways(import_races.read, owner, given):
        outcomes.add(raised)
        examiner = Examiner.objects.get(identifier=f"X{index}")
        assert (examiner.surname, examiner.entries.get().state) == ("Nowak", "struck-off")
        made = examiner.claims.exists() if is_first_login else Account.objects.filter(examiner=examiner).exists()
        assert made is (raised[1] == "")
    assert outcomes == {("", ""), ("", "EntryEndedError")}


def test_of_two_imports_at_once_each_is_whole() -> None:
    def given(index: int) -> tuple[Given, Given]:
        row = row_of(person(index))
        mine, theirs = (
            {"nazwisko": name, "numer_ewidencyjny": f"Q{index}", "nr_decyzji": f"Q/{index}"} for name in ("Lis", "Żak")
        )
        return {"row": row | mine}, {"row": row | theirs}

    for index, raised in both_ways(import_races.read, import_races.read, given):
        assert raised == ("", "")
        examiner = Examiner.objects.get(identifier=f"X{index}")
        assert examiner.surname in {"Lis", "Żak"}
        assert examiner.entries.count() == 2
        assert Decision.objects.filter(reference=f"Q/{index}").count() == 1

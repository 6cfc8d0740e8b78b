"""An import is undone while its people log in for the first time or activate, while another file is read in, or twice.

In two processes, the second one whole between any two statements of the first, and the other way round; and by a real
worker that is killed.
"""

from collections.abc import Callable

import pytest
from django.db import transaction
from procrastinate.contrib.django import app

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.onboarding.models import Claim
from egzaminator.panel.domain.undo_import import ask_to_undo
from egzaminator.records.domain.shown import NAMES, show_person
from egzaminator.register.domain.imports.jobs import UNDO_TASK
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.models import Entry, Examiner, FormerValue, Import, ImportedPerson
from egzaminator.staff.roles import Role
from tests.faults import record_races, undo_races
from tests.faults.test_exports import let_the_worker_be_taken_for_dead
from tests.faults.test_records_at_once import person
from tests.faults.workers import Worker, kill, wait_for
from tests.helpers.factories import make_claim, make_staff
from tests.helpers.interleaving import Given, UseCase, interleave
from tests.panel.imported import applied, recorded
from tests.register.files import ANNA

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
# More than any of the use cases has statements.
CASES = 130
GivenTwo = Callable[[int], tuple[Given, Given]]


@pytest.fixture
def member() -> Account:
    return make_staff(roles=[Role.RECORDS])


def both_ways(one: UseCase, other: UseCase, given: GivenTwo) -> list[tuple[int, tuple[str, str]]]:
    """Interleave two use cases for new people, each in turn as the one that is stopped.

    Return the number of each person, with what was raised.
    """
    pairs = [given(index) for index in range(2 * CASES)]
    raised = interleave(one, other, pairs[:CASES])
    turned = interleave(other, one, [(second, first) for first, second in pairs[CASES:]])
    assert (len(raised), len(turned)) >= (5, 5)
    return [*enumerate(raised), *enumerate([(second, first) for first, second in turned], CASES)]


def made(index: int, member: Account) -> tuple[Examiner, dict[str, object]]:
    """Return a person whom an import has just made, and what undoes it."""
    examiner = person(index)
    return examiner, {"one": str(recorded(examiner, by=member).pk), "by": str(member.pk)}


def test_who_fills_in_the_form_meanwhile_stays_or_is_told_that_the_number_ended(member: Account) -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner, undo = made(index, member)
        return undo, {"examiner": str(examiner.id), "entry": examiner.entries.get().id}

    seen = set()
    for index, raised in both_ways(undo_races.undo, undo_races.save, given):
        imported = ImportedPerson.objects.get(examiner_id__in=people_called(index))
        examiner = Examiner.objects.get(pk=imported.examiner_id)
        is_saved = raised[1] == ""
        assert raised in {("", ""), ("", "EntryEndedError")}
        assert Claim.objects.filter(examiner=examiner).exists() is is_saved
        assert Entry.objects.filter(examiner=examiner).exists() is is_saved
        assert (examiner.is_in_register, imported.undo_outcome) == (is_saved, "claim" if is_saved else "taken-back")
        seen.add(is_saved)
    assert seen == {True, False}


def people_called(index: int) -> list[object]:
    """Return who has the identifier of a person's number, or had it and was taken back."""
    key = f"x{index}"
    now = Examiner.objects.filter(identifier_key=key).values_list("id", flat=True)
    return [*now, *FormerValue.objects.filter(identifier_key=key).values_list("examiner_id", flat=True)]


def test_who_activates_meanwhile_has_an_account_and_the_values_that_its_outcome_says(member: Account) -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        claim = make_claim(examiner, email=f"x{index}@example.org")
        keys = name_keys(surname="Lis", first_names=examiner.first_names)
        Examiner.objects.filter(pk=examiner.pk).update(surname="Lis", sort_key=keys.sort, search_key=keys.search)
        one = recorded(examiner, by=member, surname=["Łukasik", "Lis"])
        activation = {"claim": str(claim.id), "token": record_races.token_for(claim)}
        return {"one": str(one.pk), "by": str(member.pk)}, activation

    seen = set()
    for index, raised in both_ways(undo_races.undo, record_races.activate, given):
        assert raised == ("", "")
        examiner = Examiner.objects.get(identifier=f"X{index}")
        outcome = ImportedPerson.objects.get(examiner_id=examiner.pk).undo_outcome
        assert Account.objects.filter(examiner=examiner).count() == 1
        assert (examiner.surname, outcome) in {("Łukasik", "returned"), ("Lis", "account"), ("Lis", "changed")}
        seen.add(outcome)
    assert {"returned", "account"} <= seen


def test_an_officer_who_corrects_a_name_meanwhile_does_so_or_is_told(member: Account) -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner, undo = made(index, member)
        return undo, {"examiner": str(examiner.id), "surname": "Lis", "shown": dict(show_person(examiner, NAMES))}

    for index, raised in both_ways(undo_races.undo, record_races.correct_names, given):
        imported = ImportedPerson.objects.get(examiner_id__in=people_called(index))
        surname = Examiner.objects.get(pk=imported.examiner_id).surname
        assert (raised, imported.undo_outcome, surname) in {
            (("", ""), "changed", "Lis"),
            (("", "NotPossibleNowError"), "taken-back", "Łukasik"),
        }


def test_a_file_that_is_read_in_meanwhile_changes_the_person_or_brings_them_again(member: Account) -> None:
    def given(index: int) -> tuple[Given, Given]:
        _examiner, undo = made(index, member)
        row = ANNA | {"pesel": "", "identyfikator": f"X{index}", "numer_ewidencyjny": f"X{index}/1", "nazwisko": "Lis"}
        return undo, {"row": row}

    seen = set()
    for index, raised in both_ways(undo_races.undo, undo_races.read_file, given):
        assert raised == ("", "")
        found = Examiner.objects.get(identifier=f"X{index}")
        assert (found.surname, found.entries.count(), found.is_in_register) == ("Lis", 1, True)
        first = ImportedPerson.objects.get(source__uploader=member.pk, examiner_id__in=people_called(index))
        is_left = first.examiner_id == found.id
        assert first.undo_outcome == ("imported" if is_left else "taken-back")
        seen.add(is_left)
    assert seen == {True, False}


def test_of_two_officers_who_ask_at_once_one_is_told_that_somebody_was_quicker(member: Account) -> None:
    second = make_staff(email="druga@oke.example", roles=[Role.RECORDS])

    def given(index: int) -> tuple[Given, Given]:
        _examiner, undo = made(index, member)
        return undo, undo | {"by": str(second.pk)}

    for _index, raised in both_ways(undo_races.ask, undo_races.ask, given):
        assert sorted(raised) == ["", "ImportNotReadyError"]
    asked = Event.objects.filter(tag=Tag.IMPORT_UNDO_ASKED).values_list("details__import", flat=True)
    assert len(asked) == len(set(asked))


def test_two_jobs_at_once_undo_everything_once(member: Account) -> None:
    def given(index: int) -> tuple[Given, Given]:
        return made(index, member)[1], {}

    for index, raised in both_ways(undo_races.undo, undo_races.work, given):
        assert raised == ("", "")
        imported = ImportedPerson.objects.get(examiner_id__in=people_called(index))
        assert (imported.undo_outcome, imported.source.state) == ("taken-back", "undone")
        assert Event.objects.filter(tag=Tag.IMPORT_TOOK_BACK, subject=imported.examiner_id).count() == 1


def test_a_killed_job_goes_on_with_whoever_is_left(start_worker: Callable[[int], Worker], member: Account) -> None:
    assert UNDO_TASK in app.tasks
    rows = [ANNA | {"pesel": "", "identyfikator": f"X{i}", "numer_ewidencyjny": f"X{i}/1"} for i in range(120)]
    one = applied(*rows, by=member)
    last = list(one.people.order_by("examiner_id"))[-1]
    ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
    with transaction.atomic():
        Examiner.objects.select_for_update().get(pk=last.examiner_id)  # so that the last batch waits
        worker = start_worker(1)
        wait_for(lambda: Import.objects.get(pk=one.pk).percent > 0 and taken_back() == 100)
        kill(worker)
    one.refresh_from_db()
    assert (one.state, one.percent, one.attempts) == ("undoing", 83, 1)

    let_the_worker_be_taken_for_dead()
    start_worker(1)
    wait_for(lambda: Import.objects.get(pk=one.pk).state == "undone")

    one.refresh_from_db()
    assert (one.percent, one.attempts, one.counts["undo"]["taken_back"]) == (100, 2, 120)
    assert taken_back() == 120
    assert not Entry.objects.exists()
    subjects = Event.objects.filter(tag=Tag.IMPORT_TOOK_BACK).values_list("subject", flat=True)
    assert (len(subjects), len(set(subjects))) == (120, 120)


def taken_back() -> int:
    return Examiner.objects.filter(taken_back_at__isnull=False).count()

"""An import is undone: what it made is taken back, what it changed is returned, what was built on it stays."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.pesel import Pesel
from egzaminator.mail.models import Email
from egzaminator.panel.domain.examiner_lookup import record_view
from egzaminator.panel.domain.import_obstacles import in_the_way, left
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.panel.domain.undo_import import ask_to_undo, may_be_undone, undo_import, undo_until
from egzaminator.records.domain.corrections import correct_pesel
from egzaminator.register.domain.former_values import taken_back_called
from egzaminator.register.domain.listing import count_listed
from egzaminator.register.enums import ExamKind, ImportState, RegisterField, UndoOutcome
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Examiner, Import, ImportedPerson, ListKeyDue, Scope
from egzaminator.register.terms import Terms
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.domain.notes import add_note
from egzaminator.staff.roles import Role
from tests.core.pesels import pesel_of
from tests.helpers.factories import PESELS, make_account, make_claim, make_examiner, make_staff
from tests.panel.imported import applied, outcomes, undone
from tests.records.editing import (
    add,
    by_staff,
    correct_email,
    correct_names,
    decided,
    decided_entry,
    join,
    strike_off,
    transfer,
    undo_strike_off,
)
from tests.register.files import ADDRESS, ANNA, JAN
from tests.register.importing import ANNAS_SECOND, RESTORED, STRUCK_OFF, read
from tests.register.rows import found

pytestmark = pytest.mark.django_db
MAIL = "anna@example.org"


@pytest.fixture
def member() -> Account:
    return make_staff(roles=[Role.RECORDS])


def register() -> dict[str, Any]:
    """Return what the register says of everybody, by PESEL; without when it came to say so."""
    refresh_list_keys()
    assert not ListKeyDue.objects.exists()
    return {
        str(one.pesel and one.pesel.digits): (
            one.name, one.sort_key, one.search_key, one.email, one.email_since, one.email_by, one.postal_address,
            sorted((entry.number, entry.scope.code, entry.state, entry.entered_on) for entry in one.entries.all()),
            sorted(one.entries.values_list("decisions__kind", "decisions__reference", "decisions__decided_on")),
            sorted(one.list_keys.values_list("facet", "entry_state", "standing")),
        )
        for one in Examiner.objects.in_register()
    }  # fmt: skip


def test_whom_it_made_is_taken_back_and_the_register_is_as_before(member: Account) -> None:
    read(ANNA)
    before = register()
    one = applied(JAN, JAN | {"numer_ewidencyjny": "MCH/3/2019", "zakres": "NOWY"}, by=member)
    assert count_listed(terms=Terms(search="żak")) == 1
    jan = found(JAN["pesel"])
    undone(one, member)
    assert register() == before
    assert (one.state, one.percent, one.counts["undo"]) == (
        ImportState.UNDONE,
        100,
        {"taken_back": 1, "returned": 0, "left": 0, "removed_scopes": 2},
    )
    jan.refresh_from_db()
    assert (jan.is_in_register, jan.pesel, list(taken_back_called(name=JAN["pesel"]))) == (False, None, [jan])
    assert set(Scope.objects.values_list("code", flat=True)) == {"MBI"}
    # What the entries said stays, encrypted, in the record of the import.
    assert (one.people.get().changes or {})["taken_back"] == [
        {"number": "MCH/2/2019", "scope": "MCH", "decisions": [["entry", "OKE-4410-2/19", "2019-03-01"]]},
        {"number": "MCH/3/2019", "scope": "NOWY", "decisions": [["entry", "OKE-4410-2/19", "2019-03-01"]]},
    ]
    # A corrected file brings the same person, number and scope.
    read(JAN)
    assert found(JAN["pesel"]) != jan


def test_what_it_changed_is_returned(member: Account) -> None:
    read(ANNA | {"email": MAIL} | ADDRESS, ANNAS_SECOND, JAN)
    Examiner.objects.filter(email=MAIL).update(email_by=member.pk)
    before = register()
    changed = (
        ANNA
        | ADDRESS
        | {"numer_lokalu": "7"}
        | {"nazwisko": "Lis", "imiona": "Anna", "email": "lis@example.org", "zakres": "MCH"}
    )
    one = applied(
        changed | {"numer_ewidencyjny": "mbi/1/2019", "data_decyzji": "2020-02-02"},
        changed | {"numer_ewidencyjny": "MBI/7/2020", "nr_decyzji": "Nowa"},
        changed | {"numer_ewidencyjny": "MBI/9/2021", "nr_decyzji": "S/9", "rodzaj_decyzji": "skreślenie"},
        by=member,
    )
    assert register() != before
    undone(one, member)
    assert register() == before
    assert outcomes(one) == {"Anna Maria Łukasik": "returned"}


@pytest.mark.parametrize("row", [STRUCK_OFF, RESTORED, ANNAS_SECOND])
def test_a_decision_that_is_taken_back_settles_the_entry_again(member: Account, row: dict[str, str]) -> None:
    read(ANNA)
    if row is RESTORED:
        read(STRUCK_OFF)
    before = register()
    one = applied(row, by=member)
    assert register() != before
    undone(one, member)
    assert register() == before


def note(person: Examiner) -> None:
    add_note(examiner=person, text="Dzwonił", member=make_staff(email="n@oke.example"), by=Actor(uuid.uuid4()))


def joined(person: Examiner) -> None:
    decided_entry(other := make_examiner(pesel=PESELS[2], numbers=()), "Z/1")
    join(other, person)


def kept(person: Examiner) -> None:
    decided_entry(other := make_examiner(pesel=PESELS[2], numbers=()), "Z/1")
    join(person, other)


def struck_off_and_back(person: Examiner) -> None:
    strike_off(entry := person.entries.get())
    undo_strike_off(entry)


def corrected_pesel(person: Examiner) -> None:
    shown = {RegisterField.PESEL.value: str(person.pesel and person.pesel.digits)}
    correct_pesel(examiner_id=person.id, pesel=Pesel(PESELS[3]), **by_staff(shown=shown))


def claimed_and_deleted(person: Examiner) -> None:
    make_claim(person).delete()


BUILT: dict[str, tuple[Callable[[Examiner], object], UndoOutcome]] = {
    "account": (make_account, UndoOutcome.ACCOUNT),
    "claim": (make_claim, UndoOutcome.CLAIM),
    "claim deleted since": (claimed_and_deleted, UndoOutcome.CHANGED),
    "note": (note, UndoOutcome.NOTE),
    "joined into another": (joined, UndoOutcome.JOINED),
    "another joined into it": (kept, UndoOutcome.JOINED),
    "names": (lambda person: correct_names(person, "Lis"), UndoOutcome.CHANGED),
    "e-mail": (lambda person: correct_email(person, "x@example.org"), UndoOutcome.CHANGED),
    "PESEL": (corrected_pesel, UndoOutcome.CHANGED),
    "entry": (lambda person: add(person, "Z/9", decided()), UndoOutcome.CHANGED),
    "strike-off": (lambda person: strike_off(person.entries.get()), UndoOutcome.CHANGED),
    "strike-off taken back": (struck_off_and_back, UndoOutcome.CHANGED),
    "transfer": (transfer, UndoOutcome.CHANGED),
}


@pytest.mark.parametrize("built", BUILT)
def test_who_has_something_built_on_them_is_named_before_and_left(member: Account, built: str) -> None:
    read(ANNA)
    one = applied(JAN, ANNA | {"imiona": "Anna"}, by=member)
    jan = found(JAN["pesel"])
    build, outcome = BUILT[built]
    build(jan)
    before = register()
    assert list(in_the_way(one).values_list("id", "obstacle")) == [(jan.id, outcome)]
    undone(one, member)
    assert list(left(one).values_list("id", "obstacle")) == [(jan.id, outcome)]
    after = register()
    anna = after.pop(ANNA["pesel"])
    del before[ANNA["pesel"]]
    assert after == before  # Jan is as he was, and Anna has her name again
    assert anna[0] == "Anna Maria Łukasik"
    assert one.counts["undo"] == {"taken_back": 0, "returned": 1, "left": 1, "removed_scopes": 0}
    assert {"MBI", "MCH"} <= set(Scope.objects.values_list("code", flat=True))


def test_looks_and_refused_log_ins_do_not_stand_in_the_way(member: Account) -> None:
    one = applied(JAN, by=member)
    jan = found(JAN["pesel"])
    record_view(examiner=jan, by=Actor(member.pk))
    for tag in (Tag.LOGIN_REFUSED, Tag.FIRST_LOGIN_ACCEPTED):
        record_event(tag=tag, subject=jan.id)
    assert not in_the_way(one)
    undone(one, member)
    assert outcomes(one) == {"Jan Żak": "taken-back"}


def test_a_later_import_stands_in_the_way_until_it_is_undone_itself(member: Account) -> None:
    first = applied(JAN, by=member)
    second = applied(JAN | {"nazwisko": "Zak"}, by=member)
    assert list(in_the_way(first).values_list("obstacle", flat=True)) == ["imported"]
    undone(second, member)
    assert not in_the_way(first)
    undone(first, member)
    assert (outcomes(second), outcomes(first)) == ({"Jan Żak": "returned"}, {"Jan Żak": "taken-back"})


def test_a_value_that_is_not_what_the_import_wrote_stays_whoever_wrote_it(member: Account) -> None:
    read(ANNA)
    one = applied(ANNA | {"nazwisko": "Lis"}, by=member)
    read(ANNA | {"nazwisko": "Żuk"})
    Import.objects.exclude(pk=one.pk).delete()  # and of the later file nothing is known
    undone(one, member)
    assert outcomes(one) == {"Anna Maria Żuk": "changed"}


def test_an_older_account_does_not_stand_in_the_way_and_its_owner_is_told(member: Account) -> None:
    read(ANNA)
    account = make_account(found(ANNA["pesel"]), email=MAIL)
    one = applied(ANNA | {"nazwisko": "Lis"}, ANNAS_SECOND | {"nazwisko": "Lis"}, by=member)
    undone(one, member)
    assert outcomes(one) == {"Anna Maria Łukasik": "returned"}
    assert [(email.email, email.related_id) for email in Email.objects.all()] == [(MAIL, account.pk)]
    event = Event.objects.get(tag=Tag.IMPORT_RETURNED)
    assert (event.subject, event.actor, event.details) == (account.examiner_id, member.pk, {"import": str(one.pk)})


def test_nobody_undoes_what_a_colleagues_import_did_to_their_own_record(member: Account) -> None:
    read(ANNA, JAN)
    make_account(found(ANNA["pesel"]), email=member.email)
    colleague = make_staff(email="ewa@oke.example", name="Ewa Druga", roles=[Role.RECORDS])
    one = applied(STRUCK_OFF, JAN | {"email": member.email}, by=colleague)
    undone(one, member)
    assert outcomes(one) == {"Anna Maria Łukasik": "own", "Jan Żak": "own"}
    assert found(ANNA["pesel"]).entries.get().state == "struck-off"


def test_what_cannot_be_read_stays_and_is_recorded(member: Account) -> None:
    one = applied(JAN, ANNA, by=member)
    ImportedPerson.objects.filter(examiner_id=found(JAN["pesel"]).id).update(changes_encrypted=b"\x01" * 40)
    undone(one, member)
    assert outcomes(one) == {"Jan Żak": "unreadable", "Anna Maria Łukasik": "taken-back"}
    assert Event.objects.filter(tag=Tag.VALUE_UNDECRYPTABLE).count() == 1


def test_a_scope_that_got_a_kind_stays(member: Account) -> None:
    one = applied(JAN, by=member)
    Scope.objects.update(exam_kind=ExamKind.MATURA)
    undone(one, member)
    assert Scope.objects.get().code == "MCH"


def test_it_is_recorded_who_undid_what_and_why(member: Account) -> None:
    one = applied(JAN, by=member)
    jan = found(JAN["pesel"])
    undone(one, member, reason="Plik z innej komisji")
    events = Event.objects.filter(tag__in=[Tag.IMPORT_UNDO_ASKED, Tag.IMPORT_UNDONE, Tag.IMPORT_TOOK_BACK])
    assert [(event.tag, event.actor, event.subject) for event in events.order_by("at")] == [
        ("import.undo-asked", member.pk, None),
        ("import.took-back", member.pk, jan.id),
        ("import.undone", member.pk, None),
    ]
    assert one.undo_reason is not None
    assert one.undo_reason.text == "Plik z innej komisji"
    assert {event.staff_text for event in events} == {one.undo_reason_id}
    assert (one.undone_by, one.undone_at is not None) == (member.pk, True)


def test_it_is_asked_for_once_and_within_its_period(member: Account, settings: Settings) -> None:
    one = applied(JAN, by=member)
    assert one.applied_at is not None
    settings.KEEP_IMPORT_CHANGES_DAYS = 7
    assert undo_until(one) == one.applied_at + datetime.timedelta(days=7)
    with time_machine.travel(one.applied_at + datetime.timedelta(days=7), tick=False):
        assert not may_be_undone(one)
        with pytest.raises(ImportNotReadyError):
            ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
    ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
    with pytest.raises(ImportNotReadyError):
        ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
    undo_import()
    undo_import()
    with pytest.raises(ImportNotReadyError):
        ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
    assert Event.objects.filter(tag=Tag.IMPORT_TOOK_BACK).count() == 1


@pytest.mark.parametrize("is_dismissed", [False, True])
def test_whoever_may_not_any_more_undoes_nothing(member: Account, *, is_dismissed: bool) -> None:
    one = applied(JAN, by=member)
    ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
    if is_dismissed:
        end_member(member=member, by=Actor())
    else:
        change_roles(member=member, roles=[Role.HELP_DESK], by=Actor())
    undo_import()
    one.refresh_from_db()
    assert (one.state, may_be_undone(one)) == (ImportState.FAILED, True)
    assert found(JAN["pesel"]).entries.count() == 1
    undone(one, make_staff(email="druga@oke.example", roles=[Role.RECORDS]))
    assert one.state == ImportState.UNDONE


def test_its_queries_do_not_grow_with_the_people(member: Account) -> None:
    def queries(start: int, count: int) -> int:
        people = [
            JAN
            | {
                "pesel": pesel_of(datetime.date(1980, 7, 16), start + number),
                "numer_ewidencyjny": f"N/{start + number}",
            }
            for number in range(count)
        ]
        one = applied(*people, by=member)
        ask_to_undo(one=one, reason="Zły plik", by=Actor(member.pk))
        with CaptureQueriesContext(connection) as caught:
            undo_import()
        assert set(outcomes(one).values()) == {"taken-back"}
        return len(caught)

    assert queries(0, 1) == queries(10, 3)
    assert queries(100, 60) < 2 * queries(200, 3)  # two batches

import datetime
import uuid

import pytest

from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.browser import ask_to_apply, same_file_before
from egzaminator.register.domain.imports.preview import PreviewPart, ValueChange
from egzaminator.register.enums import EntryState, ImportState, RegisterField
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Decision, Entry, Examiner, Import, ImportedPerson, ImportRow, Scope
from egzaminator.register.problems import Problem
from egzaminator.stored_files.models import StoredFile
from tests.register.browser import OFFICER, applied, apply, checked, now, part
from tests.register.files import ADDRESS, ANNA, JAN
from tests.register.importing import ANNAS_SECOND, STRUCK_OFF, WITHOUT_PESEL, entry, read
from tests.register.rows import everything

pytestmark = pytest.mark.django_db


def register() -> list[tuple[object, ...]]:
    """Return what the decisions of the register say, without the ids and times of its rows."""
    columns = ("surname", "first_names", "sort_key", "search_key", "pesel_index", "identifier_key", "email")
    of_entry = ("number", "number_key", "state", "entered_on", "scope__code", "scope__name")
    names = [*(f"entry__examiner__{name}" for name in columns), *(f"entry__{name}" for name in of_entry)]
    return list(Decision.objects.order_by("reference").values_list("reference", "kind", "decided_on", *names))


def test_it_makes_the_same_register_as_the_command() -> None:
    rows = (ANNA | {"email": "a@example.org"}, ANNAS_SECOND, STRUCK_OFF, WITHOUT_PESEL)
    read(*rows)
    by_command = register()
    for model in (Decision, Entry, Examiner, Scope):
        model.objects.all().delete()
    one = applied(*rows)
    assert register() == by_command
    assert {name: one.counts[name] for name in ("new_examiners", "new_entries", "new_decisions", "new_scopes")} == {
        "new_examiners": 2, "new_entries": 3, "new_decisions": 4, "new_scopes": 2,
    }  # fmt: skip
    assert (one.percent, one.counts["struck_off"]) == (100, 1)
    assert one.applied_at is not None


def test_the_file_and_its_rows_are_gone_then() -> None:
    one = applied(ANNA)
    assert (one.file, one.parsed) == (None, None)
    assert not ImportRow.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_event_names_who_and_the_numbers_and_nobody() -> None:
    one = applied(ANNA)
    event = Event.objects.get(tag=Tag.REGISTER_IMPORTED)
    assert (event.actor, event.subject) == (OFFICER.account_id, None)
    assert event.details["import"] == str(one.pk)
    assert event.details["new_examiners"] == 1
    assert "Łukasik" not in str(event.details)


def test_what_was_done_to_each_person_is_kept_encrypted() -> None:
    since = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    read(ANNA | {"email": "a@example.org"} | ADDRESS, JAN)
    Examiner.objects.filter(surname="Łukasik").update(email_since=since)
    ImportedPerson.objects.all().delete()
    anna = Examiner.objects.get(surname="Łukasik")
    changed = (
        ANNA | {"nazwisko": "Nowak", "email": "b@example.org", "zakres": "MCH", "data_decyzji": "2019-03-02"} | ADDRESS
    )
    changed["numer_domu"] = "5"
    struck_off = STRUCK_OFF | {"nazwisko": "Nowak", "zakres": "MCH", "email": "b@example.org"}
    one = applied(changed, struck_off, JAN, WITHOUT_PESEL | {"numer_ewidencyjny": "MCH/3"})
    kept = {person.examiner_id: person for person in ImportedPerson.objects.filter(source=one)}
    new = Examiner.objects.get(identifier="BP 7")
    assert {examiner_id: person.is_new for examiner_id, person in kept.items()} == {anna.pk: False, new.pk: True}
    mbi, mch = Scope.objects.get(code="MBI"), Scope.objects.get(code="MCH")
    strike_off = Decision.objects.get(reference="OKE-4411-5/22")
    assert kept[anna.pk].changes == {
        "surname": ["Łukasik", "Nowak"],
        "email": ["a@example.org", "b@example.org"],
        "email_since": since.isoformat(),
        "email_by": None,
        "address": [
            ["Święty Marcin", "4A", "12", "61-806", "Poznań"],
            ["Święty Marcin", "5", "12", "61-806", "Poznań"],
        ],
        "entries": [{"id": entry("MBI/1/2019").pk, "is_new": False, "scope": [mbi.pk, mch.pk]}],
        "decisions": [
            {
                "id": Decision.objects.get(reference="OKE-4410-1/19").pk,
                "is_new": False,
                "decided_on": ["2019-03-01", "2019-03-02"],
            },
            {"id": strike_off.pk, "is_new": True},
        ],
    }
    assert kept[new.pk].changes == {
        "entries": [{"id": entry("MCH/3").pk, "is_new": True}],
        "decisions": [{"id": entry("MCH/3").decisions.get().pk, "is_new": True}],
    }
    anna.refresh_from_db()
    assert str(anna.postal_address) == "Święty Marcin 5 m. 12, 61-806 Poznań"
    assert b"Marcin" not in bytes(anna.address_encrypted or b"")
    assert b"Nowak" not in bytes(kept[anna.pk].changes_encrypted or b"")


def test_an_address_read_in_by_an_officer_proves_no_more_than_a_typed_one() -> None:
    read(ANNA | {"email": "a@example.org"}, JAN)
    assert Examiner.objects.get(surname="Łukasik").email_by is None
    applied(
        ANNA | {"email": "mine@example.org"},
        JAN,
        WITHOUT_PESEL | {"email": "new@example.org", "numer_ewidencyjny": "X/1"},
    )
    by = dict(Examiner.objects.values_list("email", "email_by"))
    assert by == {"mine@example.org": OFFICER.account_id, "": None, "new@example.org": OFFICER.account_id}
    # The same address again, by another officer, changes nothing of whose it is.
    applied(ANNA | {"email": "MINE@example.org"}, by=Actor(uuid.UUID(int=78)))
    assert Examiner.objects.get(surname="Łukasik").email_by == OFFICER.account_id


def test_if_the_register_moved_since_that_is_shown_first_and_nothing_is_written() -> None:
    read(ANNA, JAN)
    one = checked(ANNA | {"nazwisko": "Nowak"}, JAN)
    read(ANNA | {"nazwisko": "Lis"}, JAN)
    before = everything()
    one = apply(one)
    assert everything() == before
    assert (one.state, one.asked_at, one.attempts) == (ImportState.CHECKED, None, 0)
    (moved,) = part(one, PreviewPart.MOVED)
    assert moved.changes == [ValueChange(RegisterField.SURNAME, "Lis", "Nowak")]
    assert part(one, PreviewPart.CHANGED) == [moved]
    one = apply(one)
    assert one.state == ImportState.APPLIED
    assert Examiner.objects.filter(surname="Nowak").exists()


def test_a_row_that_became_a_conflict_is_wrong_then_and_cannot_be_applied() -> None:
    one = checked(ANNA)
    read(JAN | {"numer_ewidencyjny": ANNA["numer_ewidencyjny"]})
    one = apply(one)
    (row,) = part(one, PreviewPart.WRONG)
    assert [problem.problem for problem in row.problems] == [Problem.NUMBER_OF_ANOTHER_IN_REGISTER]
    assert one.counts["wrong"] == 1
    with pytest.raises(ImportNotReadyError):
        ask_to_apply(one=one, by=OFFICER)


def test_somebody_who_came_into_the_register_meanwhile_is_not_made_twice() -> None:
    one = checked(ANNA, ANNAS_SECOND)
    read(ANNA)
    one = apply(one)
    assert [row.line for row in part(one, PreviewPart.MOVED)] == [2]
    assert apply(one).state == ImportState.APPLIED
    assert Examiner.objects.count() == 1
    assert Entry.objects.count() == 2


def test_rows_that_are_the_same_write_no_record_of_people() -> None:
    read(ANNA)
    ImportedPerson.objects.all().delete()
    one = applied(ANNA)
    assert not ImportedPerson.objects.exists()
    assert one.counts["new_entries"] == 0


def test_the_same_file_is_recognised() -> None:
    first = applied(ANNA)
    again = checked(ANNA)
    assert same_file_before(again) == first
    assert same_file_before(checked(JAN)) is None
    other = read(JAN)
    assert other.rows == 1
    by_command = Import.objects.get(uploader=None)
    found = same_file_before(checked(JAN))
    assert found == by_command


def test_strike_offs_are_applied_like_entries() -> None:
    read(ANNA)
    applied(STRUCK_OFF)
    assert entry("MBI/1/2019").state == EntryState.STRUCK_OFF


def test_only_a_checked_import_is_applied_once_by_its_uploader() -> None:
    one = checked(ANNA)
    with pytest.raises(ImportNotReadyError):
        ask_to_apply(one=one, by=Actor(uuid.UUID(int=78)))
    ask_to_apply(one=one, by=OFFICER)
    with pytest.raises(ImportNotReadyError):
        ask_to_apply(one=one, by=OFFICER)
    apply_import(may_apply=lambda _: True, own_rows=own_rows)
    apply_import(may_apply=lambda _: True, own_rows=own_rows)
    assert now(one).state == ImportState.APPLIED
    assert Event.objects.filter(tag=Tag.REGISTER_IMPORTED).count() == 1


def test_without_its_parsed_file_it_has_failed() -> None:
    one = checked(ANNA)
    ask_to_apply(one=one, by=OFFICER)
    StoredFile.objects.all().delete()
    apply_import(may_apply=lambda _: True, own_rows=own_rows)
    assert now(one).state == ImportState.FAILED
    assert not Examiner.objects.exists()

"""What staff corrected by hand is not changed back by a file that still has it otherwise."""

import datetime

import pytest

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.register.columns import Column
from egzaminator.register.domain.former_values import keep_former_value
from egzaminator.register.domain.imports.browser import tick
from egzaminator.register.domain.imports.corrections import KeptValue
from egzaminator.register.domain.imports.preview import PreviewPart, ValueChange
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.enums import ImportState, RegisterField
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Decision, Entry, Examiner, FormerValue, Scope
from egzaminator.register.problems import Problem
from tests.register.browser import OFFICER, apply, checked, part
from tests.register.files import ADDRESS, ANNA, JAN
from tests.register.importing import ANNAS_SECOND, entry, problems_of, read

pytestmark = pytest.mark.django_db


def anna() -> Examiner:
    return Entry.objects.get(number_key="mbi/9/2021").examiner


def keep(field: RegisterField, value: str, *, entry: Entry | None = None, decision: Decision | None = None) -> None:
    text = keep_text(text="Po ślubie", subject=anna().pk, by=OFFICER)
    keep_former_value(
        examiner=anna(), field=field, value=value, by=OFFICER, reason=text, entry=entry, decision=decision
    )


def correct_name() -> None:
    keep(RegisterField.SURNAME, "Łukasik")
    keys = name_keys(surname="Nowak", first_names="Anna Maria")
    Examiner.objects.filter(pk=anna().pk).update(surname="Nowak", sort_key=keys.sort, search_key=keys.search)


def correct_scope_and_date() -> None:
    mch = Scope.objects.get(code="MCH")
    keep(RegisterField.SCOPE, "MBI", entry=entry("MBI/1/2019"))
    Entry.objects.filter(number="MBI/1/2019").update(scope=mch)
    decision = Decision.objects.get(reference="OKE-4410-1/19")
    keep(RegisterField.DECIDED_ON, "2019-03-01", decision=decision)
    Decision.objects.filter(pk=decision.pk).update(decided_on=datetime.date(2019, 3, 2))


@pytest.fixture(autouse=True)
def _people() -> None:
    read(ANNA | {"email": "a@example.org"}, ANNAS_SECOND, JAN)


def test_the_command_keeps_them_and_names_them() -> None:
    correct_name()
    correct_scope_and_date()
    keep(RegisterField.EMAIL, "a@example.org")
    Examiner.objects.filter(surname="Nowak").update(email="b@example.org")
    read(ANNA | ADDRESS | {"nazwisko": "Nowak"})
    keep(RegisterField.ADDRESS, "Polna 1, 61-806 Poznań")
    before = list(Examiner.objects.order_by("id").values_list("surname", "sort_key", "search_key", "email"))
    summary = read(JAN, ANNA, ANNAS_SECOND | {"email": "a@example.org"} | ADDRESS | {"ulica": "Polna"})
    assert list(summary.kept) == [
        KeptValue(3, RegisterField.DECIDED_ON, "2019-03-02", "2019-03-01"),
        KeptValue(3, RegisterField.SCOPE, "MCH", "MBI"),
        KeptValue(3, RegisterField.SURNAME, "Nowak", "Łukasik"),
        KeptValue(
            4,
            RegisterField.ADDRESS,
            "Święty Marcin 4A m. 12, 61-806 Poznań",
            "Polna 4A m. 12, 61-806 Poznań",
        ),
        KeptValue(4, RegisterField.EMAIL, "b@example.org", "a@example.org"),
    ]
    assert [value.column for value in summary.kept] == [
        Column.DECIDED_ON, Column.SCOPE, Column.SURNAME, Column.LOCALITY, Column.EMAIL,
    ]  # fmt: skip
    assert summary.changes.changed_examiners == 0
    assert list(Examiner.objects.order_by("id").values_list("surname", "sort_key", "search_key", "email")) == before
    assert entry("MBI/1/2019").scope.code == "MCH"


def test_what_was_not_corrected_of_the_same_person_is_taken_and_sorted_by() -> None:
    correct_name()
    read(ANNA | {"imiona": "Anna"}, ANNAS_SECOND | {"imiona": "Anna"})
    person = anna()
    assert (person.surname, person.first_names) == ("Nowak", "Anna")
    keys = name_keys(surname="Nowak", first_names="Anna")
    assert (person.sort_key, person.search_key) == keys


def test_a_corrected_address_that_was_taken_away_does_not_come_back() -> None:
    keep(RegisterField.EMAIL, "a@example.org")
    keep(RegisterField.ADDRESS, "Święty Marcin 4A m. 12, 61-806 Poznań")
    Examiner.objects.filter(pk=anna().pk).update(email="")
    summary = read(ANNA | {"email": "a@example.org"} | ADDRESS, ANNAS_SECOND | {"email": "a@example.org"})
    assert [value.field for value in summary.kept] == [RegisterField.ADDRESS, RegisterField.EMAIL]
    assert (anna().email, anna().postal_address) == ("", None)


def test_a_corrected_number_or_reference_is_not_added_again() -> None:
    keep(RegisterField.NUMBER, "MBI/1/2019", entry=entry("MBI/1/2019"))
    Entry.objects.filter(number="MBI/1/2019").update(number="MBI/7/2019", number_key="mbi/7/2019")
    decision = Decision.objects.get(reference="OKE-4410-9/21")
    keep(RegisterField.REFERENCE, "OKE-4410-9/21", decision=decision)
    Decision.objects.filter(pk=decision.pk).update(reference="OKE-4410-8/21")
    summary = read(ANNA, ANNAS_SECOND)
    assert list(summary.kept) == [
        KeptValue(2, RegisterField.NUMBER, "MBI/7/2019", "mbi/1/2019"),
        KeptValue(3, RegisterField.REFERENCE, "OKE-4410-8/21", "OKE-4410-9/21"),
    ]
    assert (summary.changes.new_entries, summary.changes.new_decisions) == (0, 0)
    assert Entry.objects.count() == 3


def test_a_former_pesel_makes_no_second_person() -> None:
    keep(RegisterField.PESEL, ANNA["pesel"])
    Examiner.objects.filter(pk=anna().pk).update(pesel_index=b"x" * 32)
    (problem,) = problems_of(ANNA | {"numer_ewidencyjny": "MBI/99", "nr_decyzji": "N/1"})
    assert (problem.line, problem.column, problem.problem) == (2, Column.PESEL, Problem.CORRECTED_SINCE)


def test_in_the_browser_they_stand_apart_and_are_taken_only_when_ticked() -> None:
    correct_name()
    correct_scope_and_date()
    one = checked(ANNA, ANNAS_SECOND, JAN)
    assert one.counts["apart"] == 1
    assert one.counts["changed"] == 0
    (row,) = part(one, PreviewPart.APART)
    assert (row.line, row.is_ticked, row.is_apart, list(row.changes)) == (2, False, True, [])
    assert row.apart == [
        ValueChange(RegisterField.DECIDED_ON, "2019-03-02", "2019-03-01"),
        ValueChange(RegisterField.SCOPE, "MCH", "MBI"),
        ValueChange(RegisterField.SURNAME, "Nowak", "Łukasik"),
    ]
    assert apply(one).state == ImportState.APPLIED
    assert anna().surname == "Nowak"

    again = checked(ANNA, ANNAS_SECOND, JAN)
    tick(one=again, lines=[2, 3], of=[2, 3], by=OFFICER)  # line 3 has nothing to tick
    assert [row.is_ticked for row in part(again, PreviewPart.APART)] == [True]
    assert apply(again).state == ImportState.APPLIED
    assert anna().surname == "Łukasik"
    assert anna().sort_key == name_keys(surname="Łukasik", first_names="Anna Maria").sort
    assert entry("MBI/1/2019").scope.code == "MBI"


def test_what_was_corrected_by_hand_and_is_changed_back_is_kept_too() -> None:
    correct_name()
    one = checked(ANNA, ANNAS_SECOND)
    tick(one=one, lines=[2], of=[2], by=OFFICER)
    apply(one)
    names = FormerValue.objects.filter(examiner=anna(), field=RegisterField.SURNAME).order_by("replaced_at")
    assert [(value.value, value.replaced_by) for value in names] == [
        ("Łukasik", OFFICER.account_id),
        ("Nowak", OFFICER.account_id),
    ]


def test_a_tick_can_be_taken_away_and_others_pages_stay() -> None:
    correct_name()
    one = checked(ANNA, ANNAS_SECOND)
    tick(one=one, lines=[2], of=[2], by=OFFICER)
    tick(one=one, lines=[], of=[3], by=OFFICER)
    assert [row.is_ticked for row in part(one, PreviewPart.APART)] == [True]
    tick(one=one, lines=[], of=[2], by=OFFICER)
    assert [row.is_ticked for row in part(one, PreviewPart.APART)] == [False]
    with pytest.raises(ImportNotReadyError):
        tick(one=one, lines=[2], of=[2], by=Actor())


def test_a_correction_after_the_check_moves_the_row_and_stands_apart() -> None:
    one = checked(ANNA | {"imiona": "Anna"}, ANNAS_SECOND | {"imiona": "Anna"})
    correct_name()
    one = apply(one)
    assert one.state == ImportState.CHECKED
    (row,) = part(one, PreviewPart.MOVED)
    assert row.apart == [ValueChange(RegisterField.SURNAME, "Nowak", "Łukasik")]
    assert row.changes == [ValueChange(RegisterField.FIRST_NAMES, "Anna Maria", "Anna")]
    assert apply(one).state == ImportState.APPLIED
    assert (anna().surname, anna().first_names) == ("Nowak", "Anna")

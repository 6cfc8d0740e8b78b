import datetime

import pytest

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import FirstLogin, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.onboarding.errors import EntryEndedError
from egzaminator.records.domain.entries import correct_entry
from egzaminator.records.domain.shown import show_entry
from egzaminator.records.errors import (
    ChangedMeanwhileError,
    DecisionExistsError,
    NotPossibleNowError,
    TakenError,
    TooEarlyError,
)
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Decision, Entry, Examiner, Scope
from tests.helpers.factories import PESELS, make_account, make_claim, make_examiner
from tests.helpers.links import mailed_token
from tests.helpers.staff_texts import reason_of
from tests.records.editing import (
    DAY,
    OFFICER,
    WHY,
    add,
    by_staff,
    correct_decision,
    decided,
    decided_entry,
    enter_again,
    number_of,
    strike_off,
    undo_strike_off,
)
from tests.register.files import ANNA, csv_file

pytestmark = pytest.mark.django_db
EARLY = datetime.date(2018, 1, 1)


@pytest.fixture
def entry() -> Entry:
    return decided_entry(make_examiner(numbers=()), "A/1")


def states() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("number").values_list("number", "state"))


def test_an_entry_is_added_by_a_decision(entry: Entry) -> None:
    add(entry.examiner, "B/2", decided("W/2", DAY))
    assert states() == [("A/1", "active"), ("B/2", "active")]
    added = Entry.objects.get(number="B/2")
    assert (added.scope.code, added.entered_on, added.number_key) == ("MCH", DAY, "b/2")
    assert isinstance(log_in(name=PESELS[0], secret="b/2", ip="192.0.2.1"), FirstLogin)
    event = Event.objects.get(tag=Tag.ENTRY_ADDED)
    assert (event.subject, event.actor, reason_of(event)) == (entry.examiner_id, OFFICER.account_id, WHY)
    assert event.details == {"entry": added.id}


def test_a_number_in_use_says_whose_it_is(entry: Entry) -> None:
    other = make_examiner(pesel=PESELS[1], numbers=("B/2",))
    with pytest.raises(TakenError) as raised:
        add(entry.examiner, "B/2", decided("W/2"))
    assert raised.value.holder == other
    with pytest.raises(TakenError) as raised:
        correct_entry(
            entry_id=entry.id, number=number_of("B/2"), scope=entry.scope, **by_staff(shown=show_entry(entry))
        )
    assert raised.value.holder == other


def test_a_strike_off_ends_first_logins_and_open_forms_and_its_withdrawal_lets_them_in_again(entry: Entry) -> None:
    claim = make_claim(entry.examiner)
    token = mailed_token(EmailKind.ACTIVATION, "anna@example.org")
    strike_off(entry, decided("S/1", ground="na wniosek egzaminatora"))
    assert states() == [("A/1", "struck-off")]
    with pytest.raises(RefusedError):
        log_in(name=PESELS[0], secret="A/1", ip="192.0.2.1")
    with pytest.raises(EntryEndedError):
        activate_claim(token=token, password=None, proven_claim=claim.id)
    undo_strike_off(entry)
    assert states() == [("A/1", "active")]
    withdrawn = Decision.objects.get(reference="S/1")
    assert withdrawn.withdrawn_at is not None
    assert withdrawn.ground == "na wniosek egzaminatora"
    assert activate_claim(token=token, password=None, proven_claim=claim.id).examiner == entry.examiner


def test_a_struck_off_entry_is_entered_again_by_a_later_decision(entry: Entry) -> None:
    strike_off(entry)
    with pytest.raises(TooEarlyError) as raised:
        enter_again(entry, decided("W/9", EARLY))
    assert raised.value.after == DAY
    with pytest.raises(DecisionExistsError):
        enter_again(entry, decided("W/A/1", DAY))
    enter_again(entry, decided("W/9", DAY))
    entry.refresh_from_db()
    assert (entry.state, entry.entered_on) == ("active", datetime.date(2019, 3, 1))


def test_what_the_state_does_not_permit_is_refused(entry: Entry) -> None:
    with pytest.raises(NotPossibleNowError):
        undo_strike_off(entry)
    with pytest.raises(NotPossibleNowError):
        enter_again(entry, decided("W/9"))
    with pytest.raises(TooEarlyError):
        strike_off(entry, decided("S/0", EARLY))
    strike_off(entry)
    entry.refresh_from_db()
    with pytest.raises(NotPossibleNowError):
        strike_off(entry, decided("S/2"))


def test_a_strike_off_taken_back_may_be_decided_again_under_its_reference(entry: Entry) -> None:
    strike_off(entry, decided("S/1", ground="pomyłka"))
    entry.refresh_from_db()
    undo_strike_off(entry)
    entry.refresh_from_db()
    strike_off(entry, decided("S/1", datetime.date(2026, 4, 1)))
    again = Decision.objects.get(reference="S/1")
    assert (again.decided_on, again.ground, again.withdrawn_at) == (datetime.date(2026, 4, 1), "", None)


def test_a_strike_off_decided_again_is_not_lost_behind_a_decision_of_the_same_day(entry: Entry) -> None:
    strike_off(entry, decided("S/1"))
    undo_strike_off(entry)
    strike_off(entry, decided("S/2"))
    enter_again(entry, decided("W/2"))
    with pytest.raises(TooEarlyError) as raised:
        strike_off(entry, decided("S/1"))
    assert (raised.value.after, states()) == (DAY, [("A/1", "active")])
    strike_off(entry, decided("S/1", DAY + datetime.timedelta(days=1)))
    assert states() == [("A/1", "struck-off")]


def test_whoever_died_is_entered_no_more(entry: Entry) -> None:
    strike_off(entry)
    mark_deceased(examiner_id=entry.examiner_id, on=DAY)
    with pytest.raises(NotPossibleNowError):
        add(entry.examiner, "B/2", decided("W/2"))
    with pytest.raises(NotPossibleNowError):
        enter_again(entry, decided("W/2"))
    assert states() == [("A/1", "struck-off")]


def test_of_two_officers_the_second_sees_what_the_first_did(entry: Entry) -> None:
    seen = show_entry(entry)
    strike_off(entry)
    with pytest.raises(ChangedMeanwhileError) as raised:
        strike_off(entry, decided("S/2"), shown=seen)
    assert [change.name for change in raised.value.changes] == ["state", "decisions"]
    assert Decision.objects.filter(reference="S/2").count() == 0


def test_a_number_and_a_scope_typed_wrong_are_corrected_and_stay_as_former_values(entry: Entry) -> None:
    scope = Scope.objects.create(code="MFI", name="fizyka")
    correct_entry(entry_id=entry.id, number=number_of("A/7"), scope=scope, **by_staff(shown=show_entry(entry)))
    entry.refresh_from_db()
    assert (entry.number, entry.number_key, entry.scope) == ("A/7", "a/7", scope)
    kept = entry.former_values.order_by("field")
    assert [(one.field, one.value, one.examiner_id) for one in kept] == [
        ("number", "A/1", entry.examiner_id),
        ("scope", "MBI", entry.examiner_id),
    ]


def test_a_decision_is_corrected_and_the_entry_follows_its_date(entry: Entry) -> None:
    decision = entry.decisions.get()
    correct_decision(decision, decided("W/11", EARLY))
    entry.refresh_from_db()
    assert entry.entered_on == EARLY
    kept = decision.former_values.order_by("field")
    assert [(one.field, one.value) for one in kept] == [("decided_on", "2019-03-01"), ("reference", "W/A/1")]
    strike_off(entry)
    undo_strike_off(entry)
    with pytest.raises(NotPossibleNowError):
        correct_decision(Decision.objects.get(kind="strike-off"), decided("S/3"))


def test_an_owner_is_told_of_a_strike_off(entry: Entry) -> None:
    make_account(entry.examiner)
    strike_off(entry)
    assert Email.objects.filter(kind=EmailKind.RECORD_CHANGED, email="anna@example.org").count() == 1


def test_a_file_with_the_same_strike_off_leaves_what_was_taken_back(entry: Entry) -> None:
    row = ANNA | {
        "numer_ewidencyjny": "A/1",
        "nr_decyzji": "S/1",
        "data_decyzji": "2026-03-01",
        "rodzaj_decyzji": "skreślenie",
    }
    strike_off(entry)
    undo_strike_off(entry)
    import_register(file=csv_file(row))
    assert states() == [("A/1", "active")]
    assert Examiner.objects.count() == 1

import datetime

import pytest
import time_machine

from egzaminator.accounts.domain.retention import notify_before_deletion
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.records.domain.departures import record_death, undo_death
from egzaminator.records.domain.shown import show_ends
from egzaminator.records.errors import ChangedMeanwhileError, NotPossibleNowError, TooEarlyError
from egzaminator.register.models import Entry, Examiner
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.staff_texts import reason_of
from tests.records.editing import (
    DAY,
    WHY,
    add,
    by_staff,
    decided,
    decided_entry,
    enter_again,
    strike_off,
    transfer,
    undo_transfer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def examiner() -> Examiner:
    anna = make_examiner(numbers=())
    decided_entry(anna, "A/1")
    strike_off(decided_entry(anna, "B/2"))
    return anna


def states() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("number").values_list("number", "state"))


def test_whoever_went_to_another_board_logs_in_no_more_for_the_first_time(examiner: Examiner) -> None:
    transfer(examiner)
    examiner.refresh_from_db()
    assert states() == [("A/1", "transferred"), ("B/2", "struck-off")]
    assert (examiner.transferred_to, examiner.transferred_on) == ("OKE Kraków", DAY)
    with pytest.raises(RefusedError):
        log_in(name=PESELS[0], secret="A/1", ip="192.0.2.1")
    event = Event.objects.get(tag=Tag.EXAMINER_TRANSFERRED)
    assert (event.subject, reason_of(event)) == (examiner.id, WHY)
    undo_transfer(examiner)
    assert states() == [("A/1", "active"), ("B/2", "struck-off")]


def test_an_account_outlives_the_transfer_for_its_period(examiner: Examiner) -> None:
    with time_machine.travel(datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC), tick=False) as clock:
        account = make_account(examiner)
        transfer(examiner)
        assert log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1") == AccountOpened(account)
        assert notify_before_deletion() == 0
        clock.shift(datetime.timedelta(days=10_000))
        assert notify_before_deletion() == 1
        undo_transfer(Examiner.objects.get())
        assert notify_before_deletion() == 0
        assert Account.objects.get().deletion_notified_at is None


def test_whoever_comes_back_is_entered_again_by_a_later_decision(examiner: Examiner) -> None:
    transfer(examiner)
    examiner.refresh_from_db()
    with pytest.raises(TooEarlyError):
        add(examiner, "C/3", decided("W/3", DAY))
    with pytest.raises(TooEarlyError):
        enter_again(entry("A/1"), decided("W/3", DAY))
    enter_again(entry("A/1"), decided("W/4", DAY + datetime.timedelta(days=1)))
    assert states() == [("A/1", "active"), ("B/2", "struck-off")]


def entry(number: str) -> Entry:
    return Entry.objects.get(number=number)


def test_a_transfer_is_written_down_once(examiner: Examiner) -> None:
    seen = show_ends(examiner)
    transfer(examiner)
    with pytest.raises(ChangedMeanwhileError):
        transfer(examiner, "OKE Łódź", shown=seen)
    examiner.refresh_from_db()
    with pytest.raises(NotPossibleNowError):
        transfer(examiner, "OKE Łódź")
    undo_transfer(examiner)
    examiner.refresh_from_db()
    with pytest.raises(NotPossibleNowError):
        undo_transfer(examiner)


def test_a_death_is_written_down_once_and_taken_back_with_a_reason(examiner: Examiner) -> None:
    seen = show_ends(examiner)
    record_death(examiner_id=examiner.id, on=DAY, **by_staff(shown=seen))
    event = Event.objects.get(tag=Tag.EXAMINER_DECEASED)
    assert reason_of(event) == WHY
    with pytest.raises(ChangedMeanwhileError):
        record_death(examiner_id=examiner.id, on=datetime.date(2026, 3, 9), **by_staff(shown=seen))
    examiner.refresh_from_db()
    assert examiner.deceased_on == DAY
    undo_death(examiner_id=examiner.id, **by_staff(shown=show_ends(examiner)))
    examiner.refresh_from_db()
    assert examiner.deceased_on is None


def test_whoever_died_goes_to_no_other_board(examiner: Examiner) -> None:
    record_death(examiner_id=examiner.id, on=DAY, **by_staff(shown=show_ends(examiner)))
    with pytest.raises(NotPossibleNowError):
        transfer(examiner)
    assert states() == [("A/1", "active"), ("B/2", "struck-off")]

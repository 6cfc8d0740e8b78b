import datetime
from functools import partial

import pytest
import time_machine

from egzaminator.rate_limits.domain.attempts import (
    Attempt,
    AttemptLimits,
    Backoff,
    Counted,
    record_attempt,
    reset_attempts,
)
from egzaminator.rate_limits.domain.counters import Limit
from egzaminator.rate_limits.models import BackoffState, Counter
from tests.helpers.concurrency import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
MINUTE, HOUR, DAY = (datetime.timedelta(seconds=seconds) for seconds in (60, 3600, 86400))
PAUSE = Backoff("pause", free=2, longest=datetime.timedelta(seconds=30), forgotten_after=HOUR)
LIMITS = AttemptLimits(
    burst=Limit("often", 3, MINUTE),
    daily=Limit("long", 5, DAY),
    distinct_accounts=Limit("crowd", 4, HOUR),
    backoff=PAUSE,
)
OPEN: frozenset[str] = frozenset()


def guess(account_key: str = "anna", client_key: str = "school", *, is_trusted: bool = False) -> frozenset[str]:
    return record_attempt(
        limits=LIMITS, attempt=Attempt(account_key=account_key, client_key=client_key, is_trusted=is_trusted)
    ).reached


def guesses_from_everywhere(clock: time_machine.Traveller, count: int) -> list[int]:
    """Guess as soon as allowed, each time from a new source. Return the seconds that each guess had to wait."""
    waited = []
    for number in range(count):
        seconds = 0
        while guess(client_key=f"{number}.{seconds}"):
            clock.shift(1)
            seconds += 1
        waited.append(seconds)
    return waited


def test_one_source_is_held_to_its_limits_on_one_person() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for seconds in (0, 0, 0):
            clock.shift(seconds)
            assert guess() == OPEN
        clock.shift(10)
        assert guess() == {"often"}
        clock.shift(50)
        assert guess() == OPEN
        clock.shift(60)
        assert guess() == {"long"}
        clock.move_to(NOON + DAY)
        assert guess() == OPEN


def test_the_pause_grows_to_half_a_minute_and_no_further() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert guesses_from_everywhere(clock, 11) == [0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]


def test_an_hour_without_a_guess_ends_the_pause() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        guesses_from_everywhere(clock, 10)
        clock.shift(3600)
        assert guesses_from_everywhere(clock, 4) == [0, 0, 0, 1]


def test_what_is_refused_during_a_pause_does_not_prolong_it() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        guesses_from_everywhere(clock, 9)
        for second in range(30):
            assert guess(client_key=f"flood {second}") == {"pause"}
            clock.shift(1)
        assert guess(client_key="home") == OPEN


def test_a_source_that_is_refused_takes_nobodys_turn() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(500):
            guess(client_key="stranger")
            clock.shift(0.1)
        assert guess(client_key="home") == OPEN


def test_a_trusted_source_meets_its_own_pause_and_makes_none_for_others() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        guesses_from_everywhere(clock, 9)
        assert guess(client_key="home") == {"pause"}
        assert [guess(client_key="phone", is_trusted=True) for _ in range(4)] == [OPEN] * 3 + [{"often"}]
        clock.shift(30)
        assert guess(client_key="home") == OPEN


def test_a_source_may_try_so_many_persons_and_each_counts_once() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for account_key in ("a", "b", "c", "d", "a", "b"):
            assert guess(account_key) == OPEN
        assert guess("e") == {"crowd"}
        assert guess("a") == {"crowd"}
        assert guess("a", "elsewhere") == OPEN
        clock.shift(3600)
        assert guess("e") == OPEN


def test_a_right_guess_is_forgiven_the_wrong_ones_before_it() -> None:
    right = Attempt(account_key="anna", client_key="school")
    with time_machine.travel(NOON, tick=False) as clock:
        for guesses in range(1, 4):
            assert record_attempt(limits=LIMITS, attempt=right) == Counted(guesses, guesses, OPEN)
        reset_attempts(limits=LIMITS, attempt=right)
        clock.shift(60)
        assert record_attempt(limits=LIMITS, attempt=right) == Counted(2, 2, OPEN)
        assert (BackoffState.objects.get().count, Counter.objects.count()) == (1, 3)


def test_nobody_can_read_off_whose_rows_they_are() -> None:
    guess()
    keys = [bytes(row.key) for model in (Counter, BackoffState) for row in model.objects.all()]
    assert [len(key) for key in keys] == [32] * 4
    assert len(set(keys)) == 4


@pytest.mark.django_db(transaction=True)
def test_at_once_from_one_source_exactly_as_many_as_allowed_pass() -> None:
    limits = AttemptLimits(
        burst=Limit("often", 7, HOUR),
        daily=Limit("long", 100, DAY),
        distinct_accounts=LIMITS.distinct_accounts,
        backoff=Backoff("pause", free=100, longest=MINUTE, forgotten_after=HOUR),
    )
    one = partial(record_attempt, limits=limits, attempt=Attempt(account_key="anna", client_key="school"))
    results = [counted.reached for _ in range(3) for counted in at_once(*[one] * 8)]
    assert (results.count(OPEN), results.count(frozenset(["often"]))) == (7, 17)


@pytest.mark.django_db(transaction=True)
def test_at_once_from_everywhere_exactly_the_free_ones_and_one_pass() -> None:
    actions = [partial(guess, client_key=f"source {number}") for number in range(12)]
    with time_machine.travel(NOON, tick=False):
        results = at_once(*actions)
    assert (results.count(OPEN), results.count({"pause"})) == (PAUSE.free + 1, 12 - PAUSE.free - 1)


@pytest.mark.django_db(transaction=True)
def test_at_once_exactly_so_many_persons_count_for_the_crowd() -> None:
    """Guess in both orders: two guesses must not deadlock on each other's rows."""
    people = [f"person {number}" for number in range(5)]
    with time_machine.travel(NOON, tick=False):
        results = at_once(*[partial(guess, account_key) for account_key in people + people[::-1]])
    assert not [result for result in results if isinstance(result, Exception)]
    crowd = Counter.objects.filter(ends_at=NOON + HOUR).get()
    assert crowd.count == 5

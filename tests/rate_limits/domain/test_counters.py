import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from egzaminator.rate_limits.domain.counters import Limit, hit, hit_all
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.rate_limits.models import Counter

THREE_AN_HOUR = Limit("three", 3, datetime.timedelta(hours=1))
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.mark.django_db
def test_the_limit_holds_until_the_period_ends() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            hit(limit=THREE_AN_HOUR, of="a")
            clock.shift(datetime.timedelta(minutes=10))
        with pytest.raises(LimitReachedError) as caught:
            hit(limit=THREE_AN_HOUR, of="a")
        assert (caught.value.limit, caught.value.seconds) == ("three", 30 * 60)

        clock.move_to(NOON + datetime.timedelta(minutes=59, seconds=59, milliseconds=500))
        with pytest.raises(LimitReachedError) as caught:
            hit(limit=THREE_AN_HOUR, of="a")
        assert caught.value.seconds == 1

        clock.move_to(NOON + datetime.timedelta(hours=1))
        for _ in range(3):
            hit(limit=THREE_AN_HOUR, of="a")
        with pytest.raises(LimitReachedError):
            hit(limit=THREE_AN_HOUR, of="a")


@pytest.mark.django_db
def test_each_has_a_counter_of_their_own_and_each_limit_too() -> None:
    for _ in range(3):
        hit(limit=THREE_AN_HOUR, of="a")
    hit(limit=THREE_AN_HOUR, of="b")
    hit(limit=Limit("other", 3, datetime.timedelta(hours=1)), of="a")
    assert sorted(Counter.objects.values_list("count", flat=True)) == [1, 1, 3]


@pytest.mark.django_db
def test_nobody_can_read_off_whose_counter_it_is() -> None:
    hit(limit=THREE_AN_HOUR, of="jan@example.pl")
    key = bytes(Counter.objects.get().key)
    assert len(key) == 32
    assert b"jan" not in key


@pytest.mark.django_db
def test_uses_together_are_all_counted_and_the_longest_pause_is_said() -> None:
    other = Limit("other", 1, datetime.timedelta(hours=2))
    with time_machine.travel(NOON, tick=False):
        hit_all(uses=[(THREE_AN_HOUR, "a"), (other, "a")])
        for _ in range(3):
            with pytest.raises(LimitReachedError) as caught:
                hit_all(uses=[(THREE_AN_HOUR, "a"), (other, "a")])
    assert (caught.value.limit, caught.value.seconds) == ("other", 2 * 60 * 60)
    assert sorted(Counter.objects.values_list("count", flat=True)) == [4, 4]


@pytest.mark.django_db(transaction=True)
def test_exactly_as_many_as_allowed_however_many_ask_at_once() -> None:
    limit = Limit("contended", 50, datetime.timedelta(hours=1))

    def ask_often(_: int) -> int:
        allowed = 0
        try:
            for _ in range(25):
                try:
                    hit(limit=limit, of="a")
                except LimitReachedError:
                    continue
                allowed += 1
        finally:
            connection.close()
        return allowed

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask_often, range(8))) == 50
    assert Counter.objects.get().count == 200

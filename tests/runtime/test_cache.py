import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from egzaminator.runtime.cache import delete_expired_entries

pytestmark = pytest.mark.django_db


def test_every_process_sees_what_one_of_them_put_in() -> None:
    assert cache.add("key", "value", timeout=60) is True
    assert cache.add("key", "other", timeout=60) is False
    assert cache.get("key") == "value"


def test_what_is_over_is_deleted() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        cache.set("short", 1, timeout=60)
        cache.set("long", 2, timeout=120)
        clock.shift(60)
        assert delete_expired_entries() == 1
        assert (cache.get("short"), cache.get("long")) == (None, 2)


def test_keys_are_kept_as_digests() -> None:
    cache.set("192.0.2.1", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        ((key,),) = cursor.fetchall()
    assert len(key) == 64

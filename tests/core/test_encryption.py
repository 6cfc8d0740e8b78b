import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from egzaminator.core.encryption import UndecryptableError, blind_index, decrypt, encrypt

OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))


@given(text=st.text(alphabet=st.characters(codec="utf-8")))
def test_what_was_encrypted_opens(text: str) -> None:
    assert decrypt(encrypt(text, context="a.b:1"), context="a.b:1") == text


def test_a_value_shows_its_format_and_key_id_and_nothing_else(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"k2": NEW_KEY}
    first, second = (encrypt("44051401359", context="a.b:1") for _ in range(2))
    assert first[:4] == second[:4] == b"\x01\x02k2"
    assert len(first) == 4 + 12 + 11 + 16
    assert first[4:] != second[4:]
    assert b"44051401359" not in first


def test_another_place_does_not_open() -> None:
    value = encrypt("44051401359", context="a.b:1")
    with pytest.raises(UndecryptableError) as caught:
        decrypt(value, context="a.b:2")
    assert caught.value.context == "a.b:2"


def test_keys_rotate(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"k1": OLD_KEY}
    old = encrypt("stary", context="c")
    settings.ENCRYPTION_KEYS = {"k2": NEW_KEY, "k1": OLD_KEY}
    new = encrypt("nowy", context="c")
    assert [decrypt(old, context="c"), decrypt(new, context="c"), new[:4]] == ["stary", "nowy", b"\x01\x02k2"]
    settings.ENCRYPTION_KEYS = {"k2": NEW_KEY}
    with pytest.raises(UndecryptableError):
        decrypt(old, context="c")


def test_a_key_id_cannot_be_swapped(settings: Settings) -> None:
    # The same key under two ids: a value encrypted under one id must not pass as encrypted under the other.
    settings.ENCRYPTION_KEYS = {"k1": OLD_KEY, "k2": OLD_KEY}
    value = bytearray(encrypt("44051401359", context="c"))
    value[3:4] = b"2"
    with pytest.raises(UndecryptableError):
        decrypt(bytes(value), context="c")


@given(place=st.integers(0, 44), flip=st.integers(1, 255))
def test_a_changed_byte_does_not_open(place: int, flip: int) -> None:
    value = bytearray(encrypt("44051401359", context="c"))
    value[place % len(value)] ^= flip
    with pytest.raises(UndecryptableError):
        decrypt(bytes(value), context="c")


@given(value=st.binary(max_size=60))
@example(b"")
@example(b"\x01")
@example(b"\x01\x02t1")
@example(b"\x01\x02t1" + bytes(12))
@example(b"\x01\xff")
def test_arbitrary_bytes_do_not_open(value: bytes) -> None:
    with pytest.raises(UndecryptableError):
        decrypt(value, context="c")


def test_a_column_of_the_database_opens() -> None:
    assert decrypt(memoryview(encrypt("x", context="c")), context="c") == "x"


def test_the_index_is_an_hmac_that_keeps_purposes_apart(settings: Settings) -> None:
    settings.BLIND_INDEX_KEY = OLD_KEY
    expected = hmac.new(OLD_KEY, b"pesel\x0044051401359", hashlib.sha256).digest()
    assert blind_index("44051401359", purpose="pesel") == expected
    assert blind_index("44051401359", purpose="limit") != expected
    settings.BLIND_INDEX_KEY = NEW_KEY
    assert blind_index("44051401359", purpose="pesel") != expected

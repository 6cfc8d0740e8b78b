import datetime

import pytest
import time_machine
from django.utils import timezone

from egzaminator.core.form_encryption import decrypt_from_form, encrypt_for_form

LIFETIME = datetime.timedelta(minutes=30)


@pytest.mark.parametrize("text", ["a hash$with=signs", "zażółć  dwie  spacje ", ""])
def test_a_text_decrypts_in_its_own_context_only(text: str) -> None:
    encrypted = encrypt_for_form(text, context="form:1")
    assert "hash" not in encrypted
    assert decrypt_from_form(encrypted, context="form:1") == text
    assert decrypt_from_form(encrypted, context="form:2") is None


def test_a_lifetime_ends_to_the_second_and_without_one_there_is_no_end() -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        limited = encrypt_for_form("secret", context="form", lifetime=LIFETIME)
        endless = encrypt_for_form("secret", context="form")
        clock.move_to(start + LIFETIME - datetime.timedelta(seconds=1))
        assert decrypt_from_form(limited, context="form") == "secret"
        clock.move_to(start + LIFETIME)
        assert decrypt_from_form(limited, context="form") is None
        clock.move_to(start + datetime.timedelta(days=3_650))
        assert decrypt_from_form(endless, context="form") == "secret"


@pytest.mark.parametrize("encrypted", ["", "x", "ż", "AAAA", "AQ==", "\0", "A" * 500])
def test_rubbish_decrypts_to_nothing(encrypted: str) -> None:
    assert decrypt_from_form(encrypted, context="form") is None

import uuid

import pytest

from egzaminator.onboarding.domain.grant import decrypt_password, encrypt_password

GRANT = uuid.uuid4()


def test_opens_in_its_own_scope_only() -> None:
    encrypted = encrypt_password(encoded="argon2$hash", grant_id=GRANT)
    assert "argon2" not in encrypted
    assert decrypt_password(encrypted=encrypted, grant_id=GRANT) == "argon2$hash"
    assert decrypt_password(encrypted=encrypted, grant_id=uuid.uuid4()) is None


@pytest.mark.parametrize("encrypted", ["", "x", "ż", "AAAA", "AQ==", "\0", "A" * 500])
def test_rubbish_opens_nothing(encrypted: str) -> None:
    assert decrypt_password(encrypted=encrypted, grant_id=GRANT) is None

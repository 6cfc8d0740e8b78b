import uuid

import pytest

from egzaminator.onboarding.domain.grant import open_sealed_password, seal_password

SCOPE = uuid.uuid4()


def test_opens_in_its_own_scope_only() -> None:
    sealed = seal_password(encoded="argon2$hash", scope_id=SCOPE)
    assert "argon2" not in sealed
    assert open_sealed_password(sealed=sealed, scope_id=SCOPE) == "argon2$hash"
    assert open_sealed_password(sealed=sealed, scope_id=uuid.uuid4()) is None


@pytest.mark.parametrize("sealed", ["", "x", "ż", "AAAA", "AQ==", "\0", "A" * 500])
def test_rubbish_opens_nothing(sealed: str) -> None:
    assert open_sealed_password(sealed=sealed, scope_id=SCOPE) is None

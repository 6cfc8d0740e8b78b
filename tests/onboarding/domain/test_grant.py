import uuid

from egzaminator.onboarding.domain.grant import decrypt_password, encrypt_password, reencrypt_password


def test_a_password_decrypts_under_its_own_claim_grant_only() -> None:
    grant, other = uuid.uuid4(), uuid.uuid4()
    encrypted = encrypt_password(encoded="argon2$hash", grant_id=grant)
    assert "argon2" not in encrypted
    assert decrypt_password(encrypted=encrypted, grant_id=grant) == "argon2$hash"
    assert decrypt_password(encrypted=encrypted, grant_id=other) is None
    moved = reencrypt_password(encrypted=encrypted, grant_id=grant, to_grant_id=other)
    assert decrypt_password(encrypted=moved, grant_id=other) == "argon2$hash"
    assert reencrypt_password(encrypted=encrypted, grant_id=other, to_grant_id=grant) == ""

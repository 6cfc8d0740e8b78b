from egzaminator.accounts.domain.match_password import hash_password, match_password


def test_finds_the_hash_that_fits() -> None:
    hashes = [hash_password(password=word, salt="one salt for all of them") for word in ("first", "second", "third")]
    assert match_password(password="second", hashes=hashes) == 1
    assert match_password(password="fourth", hashes=hashes) is None


def test_hashes_with_other_salts_are_compared_too() -> None:
    hashes = [hash_password(password="first"), hash_password(password="second")]
    assert match_password(password="second", hashes=hashes) == 1


def test_nothing_fits_nothing() -> None:
    assert match_password(password="nobody's password", hashes=[]) is None


def test_hashes_carry_owasps_parameters() -> None:
    assert hash_password(password="x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from egzaminator.mail.domain.return_path import is_token_of, return_path_of, row_in, token_of, tokens_in
from egzaminator.runtime.environment import TOKEN_SIGNS

ROW = uuid.UUID("5c1f2c1e-7d3a-4a53-9b61-0a0f8a9d2c11")
EMAIL = "anna@szkola.example"


@given(row_id=st.uuids(), email=st.sampled_from(["a@b.pl", EMAIL, "anna@żółw.pl"]))
def test_a_token_leads_to_its_row_and_proves_its_address(row_id: uuid.UUID, email: str) -> None:
    token = token_of(row_id=row_id, email=email)

    assert re.fullmatch(f"[a-z2-7]{{{TOKEN_SIGNS}}}", token)
    assert row_in(token) == row_id
    assert is_token_of(token, row_id=row_id, email=email)
    assert not is_token_of(token, row_id=row_id, email=f"x{email}")
    assert not is_token_of(token, row_id=uuid.uuid4(), email=email)


def test_a_token_with_any_sign_changed_is_no_longer_one() -> None:
    token = token_of(row_id=ROW, email=EMAIL)

    for index, sign in enumerate(token):
        other = "b" if sign == "a" else "a"
        forged = token[:index] + other + token[index + 1 :]
        assert not (row_in(forged) == ROW and is_token_of(forged, row_id=ROW, email=EMAIL))


def test_a_token_tells_nothing_of_the_message_id() -> None:
    token = token_of(row_id=ROW, email=EMAIL)
    other = token_of(row_id=ROW, email="jan@szkola.example")

    assert ROW.hex not in token
    assert sum(one == another for one, another in zip(token, other, strict=True)) < TOKEN_SIGNS // 3


def test_another_secret_key_makes_other_tokens(settings: Settings) -> None:
    token = token_of(row_id=ROW, email=EMAIL)
    settings.SECRET_KEY = "another-secret-key-of-the-tests-which-is-no-secret-at-all"

    assert not is_token_of(token, row_id=ROW, email=EMAIL)


@pytest.mark.parametrize("upper", [False, True])
def test_tokens_are_found_in_an_address_in_capitals_too(upper: bool) -> None:  # noqa: FBT001 -- a table
    token = token_of(row_id=ROW, email=EMAIL)
    text = f"<bounce+{token}@oke.example>, x{token}, {token}a"

    assert tokens_in(text.upper() if upper else text) == [token]


@pytest.mark.parametrize(
    ("template", "own"),
    [
        ("bounce+{token}", "bounce+TOKEN@localhost"),
        ("zwroty-{token}@poczta.oke.example", "zwroty-TOKEN@poczta.oke.example"),
        ("fixed", "nie-odpowiadaj@localhost"),
    ],
)
def test_the_return_path_follows_the_setting(template: str, own: str, settings: Settings) -> None:
    settings.RETURN_PATH = template
    path = return_path_of(row_id=ROW, email=EMAIL)

    assert path.own == own.replace("TOKEN", path.token)
    assert path.fixed == "nie-odpowiadaj@localhost"
    assert len(path.own.partition("@")[0]) <= 64

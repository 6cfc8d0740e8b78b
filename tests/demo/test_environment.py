import base64
from pathlib import Path

import pytest
from dotenv import dotenv_values

from egzaminator.demo.environment import keep_secrets, make_environment, write_environment
from egzaminator.demo.errors import DemoError

SECRETS = {"SECRET_KEY": "s", "ENCRYPTION_KEYS": "k:e", "BLIND_INDEX_KEY": "i"}
MAILBOX = "smtp://127.0.0.1:40025"


def test_secrets_are_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    made = keep_secrets(tmp_path)

    assert keep_secrets(tmp_path) == made
    assert keep_secrets(tmp_path / ".." / tmp_path.name) == made
    assert (tmp_path / "demo.env").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["demo.env"]
    assert set(made) == set(SECRETS)
    assert len(base64.b64decode(made["BLIND_INDEX_KEY"])) == 32


def test_no_two_demos_have_the_same_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert not set(keep_secrets(tmp_path / "a").values()) & set(keep_secrets(tmp_path / "b").values())


def test_what_an_earlier_run_passed_on_is_forgotten_and_its_secrets_are_not(tmp_path: Path) -> None:
    write_environment(tmp_path, SECRETS | {"DATABASE_URL": "postgresql://a/b", "DEMO": "1"})

    assert keep_secrets(tmp_path) == SECRETS
    assert dotenv_values(tmp_path / "demo.env") == SECRETS


def test_an_empty_environment_gives_the_defaults() -> None:
    assert make_environment({}, kept=SECRETS, mailbox=MAILBOX) == SECRETS | {
        "PUBLIC_BASE_URL": "http://localhost:8000",
        "EMAIL_URL": MAILBOX,
        "DEMO": "1",
    }


def test_what_the_environment_holds_wins_and_is_passed_on() -> None:
    given = {
        "SECRET_KEY": "another",
        "PORT": "9000",
        "EMAIL_URL": "smtps://mail.example",
        "DATABASE_URL": "postgresql://a/b",
        "PASSWORD_MIN_LENGTH": "12",
        "TRUSTED_PROXY_COUNT": "1",
        "DEMO": "0",
        "HOME": "/root",
        "BLIND_INDEX_KEY": "",
    }
    assert make_environment(given, kept=SECRETS, mailbox=MAILBOX) == {
        "SECRET_KEY": "another",
        "ENCRYPTION_KEYS": "k:e",
        "BLIND_INDEX_KEY": "i",
        "PUBLIC_BASE_URL": "http://localhost:9000",
        "EMAIL_URL": "smtps://mail.example",
        "DATABASE_URL": "postgresql://a/b",
        "PASSWORD_MIN_LENGTH": "12",
        "TRUSTED_PROXY_COUNT": "1",
        "DEMO": "1",
    }


@pytest.mark.parametrize(
    "value", ["it's", 'a "word"', "a\\b", "a\\'b", "${HOME}", "$HOME", "# no comment", " space ", "ż=ó"]
)
def test_any_value_is_read_as_it_was_written(tmp_path: Path, value: str) -> None:
    write_environment(tmp_path, {"VALUE": value})
    assert dotenv_values(tmp_path / "demo.env") == {"VALUE": value}


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    damaged = b"SECRET_KEY='\xff'\n"
    (tmp_path / "demo.env").write_bytes(damaged)

    with pytest.raises(DemoError, match=r"demo\.env cannot be read"):
        keep_secrets(tmp_path)

    assert (tmp_path / "demo.env").read_bytes() == damaged

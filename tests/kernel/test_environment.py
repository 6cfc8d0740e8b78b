import pytest
from environs import EnvError

from egzaminator.kernel.environment import Bind, parse_bind, parse_database


@pytest.mark.parametrize(
    ("text", "bind"),
    [
        ("127.0.0.1:8000", Bind("127.0.0.1", 8000)),
        ("0.0.0.0:1", Bind("0.0.0.0", 1)),  # noqa: S104 -- the address is read, not used
        ("[::1]:65535", Bind("::1", 65535)),
    ],
)
def test_a_bind_is_read_and_written_alike(text: str, bind: Bind) -> None:
    assert parse_bind(text) == bind
    assert str(bind) == text


@pytest.mark.parametrize("text", ["", "8000", ":8000", "localhost:8000", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536"])
def test_anything_else_is_no_bind(text: str) -> None:
    with pytest.raises(EnvError):
        parse_bind(text)


def test_a_database_is_read() -> None:
    settings = parse_database("postgresql://user:p%40ss@db.example:5433/egzaminator")
    assert settings is not None
    assert (
        settings
        | {
            "ENGINE": "django.db.backends.postgresql",
            "USER": "user",
            "PASSWORD": "p@ss",
            "HOST": "db.example",
            "PORT": 5433,
            "NAME": "egzaminator",
        }
        == settings
    )


def test_no_database_is_the_embedded_one() -> None:
    assert parse_database(None) is None


@pytest.mark.parametrize("url", ["", "mysql://host/name", "sqlite:///name", "postgresql://host:port/name", "host/name"])
def test_any_other_database_is_refused(url: str) -> None:
    with pytest.raises(EnvError, match=r"use postgresql://user:password@host:port/name"):
        parse_database(url)

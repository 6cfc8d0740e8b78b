import base64
from pathlib import Path

import pytest
from environs import EnvError
from hypothesis import example, given
from hypothesis import strategies as st

from egzaminator.runtime.environment import (
    Bind,
    EnvironmentProblemError,
    MailServer,
    Security,
    parse_base_url,
    parse_bind,
    parse_database,
    parse_key,
    parse_keys,
    parse_mail_server,
    parse_program,
    parse_recipients,
    read_environment,
    require_valid,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))
KEY_TEXT, OTHER_KEY_TEXT = base64.b64encode(KEY).decode(), base64.b64encode(OTHER_KEY).decode()


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


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525, Security.NONE)),
        ("smtp://Mail.example", MailServer("mail.example", 25, Security.NONE)),
        ("smtp+starttls://mail.example/", MailServer("mail.example", 587, Security.STARTTLS)),
        ("smtps://oke%40x:p%23%2F%3A@[::1]", MailServer("::1", 465, Security.TLS, "oke@x", "p#/:")),
    ],
)
def test_a_mail_server_is_read(url: str, server: MailServer) -> None:
    assert parse_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example:25",
        "http://mail.example",
        "smtp://",
        "smtp://:25",
        "smtp://mail.example:0",
        "smtp://mail.example:99999",
        "smtp://mail.example:smtp",
        "smtp://[::1",
        "smtps://oke:12#34@mail.example",
        "smtps://oke:12/34@mail.example",
        "smtps://oke:12?34@mail.example",
        "smtp://mail.example/inbox",
    ],
)
def test_any_other_mail_server_is_refused(url: str) -> None:
    with pytest.raises(EnvError, match=r"use smtp://"):
        parse_mail_server(url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://oke.example", "https://oke.example"),
        ("https://OKE.Example/", "https://oke.example"),
        ("https://oke.example:443", "https://oke.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_a_public_address_is_read_as_browsers_write_it(url: str, origin: str) -> None:
    assert parse_base_url(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "oke.example",
        "ftp://oke.example",
        "https://",
        "https://:443",
        "https://oke.example:0",
        "https://oke.example:99999",
        "https://oke.example/serwis",
        "https://oke.example/?a",
        "https://oke.example/#a",
        "https://user@oke.example",
        "https://[::1",
    ],
)
def test_any_other_public_address_is_refused(url: str) -> None:
    with pytest.raises(EnvError, match=r"use https://host or http://host:port"):
        parse_base_url(url)


def test_keys_are_read() -> None:
    assert parse_key(KEY_TEXT) == KEY
    assert parse_key(base64.urlsafe_b64encode(b"\xff" * 32).decode()) == b"\xff" * 32
    keys = parse_keys(f"k2:{OTHER_KEY_TEXT}, k1:{KEY_TEXT}")
    assert list(keys.items()) == [("k2", OTHER_KEY), ("k1", KEY)]


@pytest.mark.parametrize(
    "text", ["", "x", KEY_TEXT[:-4], KEY_TEXT + "AAAA", KEY_TEXT.replace("=", ""), "ż" * 44, "!" * 44]
)
def test_anything_else_is_no_key(text: str) -> None:
    with pytest.raises(EnvError, match=r"a key is 32 random bytes in Base64"):
        parse_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        KEY_TEXT,
        f":{KEY_TEXT}",
        f"k-1:{KEY_TEXT}",
        f"ż:{KEY_TEXT}",
        f"{'k' * 33}:{KEY_TEXT}",
        f"k:{KEY_TEXT},k:{KEY_TEXT}",
    ],
)
def test_anything_else_is_no_list_of_keys(text: str) -> None:
    with pytest.raises(EnvError, match=r"list the keys as `id:key,id:key`"):
        parse_keys(text)


@given(text=st.text())
@example("http://[")
@example("https://\u2100")
@example("smtp://a:b@[")
def test_no_text_raises_anything_else(text: str) -> None:
    for parse in (parse_mail_server, parse_base_url, parse_key, parse_keys, parse_bind, parse_database):
        for prefix in ("", "https://", "smtp://", "postgresql://", "k:", "127.0.0.1:"):
            try:
                parse(prefix + text)
            except EnvError:
                continue


def test_everything_wrong_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "ftp://x")
    monkeypatch.setenv("SOME_KEY", "short")
    monkeypatch.delenv("SOME_COUNT", raising=False)
    env = read_environment(tmp_path)
    env.base_url("SOME_URL")
    env.key("SOME_KEY")
    env.int("SOME_COUNT")
    with pytest.raises(EnvironmentProblemError) as caught:
        require_valid(env)
    assert str(caught.value).splitlines()[1:] == [
        "  SOME_URL: use https://host or http://host:port, without a path",
        "  SOME_KEY: a key is 32 random bytes in Base64, as `openssl rand -base64 32` prints them",
        "  SOME_COUNT: it is not set",
    ]
    assert "short" not in str(caught.value)


def test_what_a_demo_keeps_gives_way_to_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo.env").write_text("KEPT_BY_DEMO=1\nOF_BOTH=1\n")
    # Both are set first, so that monkeypatch removes again what the file adds to the environment.
    for name in ("KEPT_BY_DEMO", "OF_BOTH"):
        monkeypatch.setenv(name, "2")
    monkeypatch.delenv("KEPT_BY_DEMO")
    env = read_environment(tmp_path)
    assert (env.int("KEPT_BY_DEMO"), env.int("OF_BOTH")) == (1, 2)
    require_valid(env)


def test_a_damaged_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder" / "demo.env").mkdir(parents=True)
    (tmp_path / "bytes").mkdir()
    (tmp_path / "bytes" / "demo.env").write_bytes(b"SECRET_KEY=\xff\xfe\n")
    for name, sentence in {
        "folder": "is damaged: demo.env in it is no settings file.",
        "bytes": "is damaged: demo.env in it is no settings file.",
        "x" * 300: "cannot be read: File name too long.",
    }.items():
        with pytest.raises(EnvironmentProblemError) as caught:
            read_environment(tmp_path / name)
        assert str(caught.value) == f"DATA_DIR {tmp_path / name} {sentence}"


RECIPIENT = "age10yp3h0na7c9m6vvvqh7jk963uqmcl3z6fvw8w35vc4r70qqhk4qqmas50q"


def test_recipients_of_backups_are_public_keys_of_age() -> None:
    assert parse_recipients("") == []
    assert parse_recipients(f" {RECIPIENT}, {RECIPIENT},") == [RECIPIENT, RECIPIENT]
    for text in (RECIPIENT[:-1], RECIPIENT.upper(), f"{RECIPIENT} {RECIPIENT}", "AGE-SECRET-KEY-1X", "ssh-ed25519 A"):
        with pytest.raises(EnvError, match="list public keys of age"):
            parse_recipients(text)


def test_a_program_is_named_by_its_whole_path() -> None:
    assert parse_program(None) is None
    assert parse_program("") is None
    assert parse_program("/etc/egzaminator/copy-backup") == Path("/etc/egzaminator/copy-backup")
    with pytest.raises(EnvError, match="name a program by its whole path"):
        parse_program("rsync -a")

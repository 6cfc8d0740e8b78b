import runpy
from pathlib import Path

import pytest
from django.conf import settings as project

from egzaminator.runtime.environment import EnvironmentProblemError

SETTINGS = Path(project.PACKAGE_DIR, "settings.py")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("SESSION_IDLE_MINUTES", 30, 240),
        ("SESSION_HOURS", 4, 24),
        ("PASSWORD_MIN_LENGTH", 8, 64),
        ("TRUSTED_PROXY_COUNT", 0, 9),
        ("KEEP_EVENTS_DAYS", 731, 3653),
        ("KEEP_STAFF_TEXTS_DAYS", 30, 3653),
        ("KEEP_MESSAGES_DAYS", 7, 3653),
        ("KEEP_FORMS_DAYS", 1, 90),
        ("CONFIRM_EMAIL_DAYS", 30, 3653),
        ("KEEP_IMPORT_CHANGES_DAYS", 1, 365),
        ("KEEP_STRUCK_OFF_DAYS", 30, 3653),
        ("KEEP_DECEASED_DAYS", 30, 3653),
        ("RECORDS_LOOKUPS_BURST", 60, 1000),
        ("RECORDS_LOOKUPS_DAILY", 500, 20_000),
    ],
)
def test_numbers_outside_their_range_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, least: int, most: int
) -> None:
    for number in (least, most):
        monkeypatch.setenv(name, str(number))
        assert runpy.run_path(str(SETTINGS))[name] == number
    for wrong in (str(least - 1), str(most + 1), "an hour", ""):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(EnvironmentProblemError, match=name):
            runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize(
    ("name", "silly", "sentence"),
    [
        ("SECRET_KEY", "s" * 49, "give it 50 random characters or more"),
        ("ENCRYPTION_KEYS", "k1", "list the keys as `id:key,id:key`"),
        ("BLIND_INDEX_KEY", "00" * 32, "a key is 32 random bytes in Base64"),
        ("PUBLIC_BASE_URL", "egzaminatorzy.example", "use https://host or http://host:port"),
        ("EMAIL_URL", "mail.example", "use smtp://host:port"),
        ("RETURN_PATH", "bounce@oke.example", "use bounce+{token}@host, with {token} once and before the @, or fixed"),
        ("RETURN_PATH", "b@{token}.oke.example", "use bounce+{token}@host"),
        ("RETURN_PATH", "{token}{token}@oke.example", "use bounce+{token}@host"),
        ("RETURN_PATH", "zwroty-komisji+{token}", "the part before the @ is too long by 3 signs"),
        ("RETURN_PATH", "a..{token}", "has no two dots in a row"),
        ("BOUNCE_MAILBOX_URL", "zwroty@oke.example", "use imaps://user:password@host/INBOX"),
        ("BOUNCE_MAILBOX_URL", "imaps://imap.oke.example/INBOX", "use imaps://user:password@host/INBOX"),
        ("BOUNCE_MAILBOX_URL", "imap+starttls://u:p@imap.oke.example", "encrypted from its first byte"),
        ("BOUNCE_MAILBOX_URL", "imaps://u:p#1@imap.oke.example", "use imaps://user:password@host/INBOX"),
        ("DATABASE_URL", "sqlite:///egzaminator.db", "use postgresql://user:password@host:port/name"),
        ("DEMO", "perhaps", "Not a valid boolean."),
        ("BIND", "localhost", "use address:port with a numeric address"),
        ("BIND_LOGINS", "localhost:8001", "use address:port with a numeric address"),
        ("LEAKED_PASSWORDS_FILE", __file__, "give it Pwned Passwords' SHA-1 list ordered by hash"),
        ("BLIND_INDEX_KEY", None, "it is not set"),
    ],
)
def test_a_silly_value_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, silly: str | None, sentence: str
) -> None:
    if silly is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, silly)
    with pytest.raises(EnvironmentProblemError) as caught:
        runpy.run_path(str(SETTINGS))
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"  {name}: ")
    assert sentence in lines[1]


@pytest.mark.parametrize(("scheme", "prefix"), [("https", "__Host-"), ("http", "")])
def test_over_https_every_cookie_is_bound_to_the_host(
    monkeypatch: pytest.MonkeyPatch, scheme: str, prefix: str
) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", f"{scheme}://egzaminatorzy.example")
    made = runpy.run_path(str(SETTINGS))
    names = [made[f"{cookie}_COOKIE_NAME"] for cookie in ("SESSION", "CSRF", "DEVICE")]
    assert names == [f"{prefix}session", f"{prefix}csrf", f"{prefix}device"]
    assert {made["SESSION_COOKIE_SECURE"], made["CSRF_COOKIE_SECURE"]} == {scheme == "https"}
    assert {made["SESSION_COOKIE_HTTPONLY"], made["CSRF_COOKIE_HTTPONLY"]} == {True}
    assert (made["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60) == (scheme == "https")
    assert made["MESSAGE_STORAGE"] == "django.contrib.messages.storage.session.SessionStorage"

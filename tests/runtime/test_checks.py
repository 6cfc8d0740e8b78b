import base64
import os
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from egzaminator.runtime.checks import check_deployment
from egzaminator.runtime.environment import MailServer, Security

pytestmark = pytest.mark.slow

SECRET_KEY = "a-secret-key-of-letters-and-digits-0123456789-as-they-come"
SAFE = {
    "SECRET_KEY": SECRET_KEY,
    "DEMO": False,
    "STAFF_SECOND_FACTOR": True,
    "PUBLIC_BASE_URL": "https://egzaminatorzy.example",
    "MAIL_SERVER": MailServer("poczta.example", 587, Security.STARTTLS),
    "TRUSTED_PROXY_COUNT": 1,
    "BLIND_INDEX_KEY": bytes(range(32)),
    "ENCRYPTION_KEYS": {"k1": bytes(range(32, 64))},
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
}


@pytest.mark.parametrize(
    ("unsafe", "found"),
    [
        ({}, []),
        ({"DEMO": True}, ["egzaminator.E001"]),
        ({"STAFF_SECOND_FACTOR": False}, ["egzaminator.E010"]),
        ({"PUBLIC_BASE_URL": "http://egzaminatorzy.example"}, ["egzaminator.E002"]),
        ({"MAIL_SERVER": MailServer("poczta.example", 25, Security.NONE)}, ["egzaminator.E003"]),
        ({"MAIL_SERVER": MailServer("127.0.0.1", 25, Security.NONE)}, []),
        ({"MAIL_SERVER": MailServer("localhost", 25, Security.NONE)}, []),
        ({"BLIND_INDEX_KEY": bytes(range(32, 64))}, ["egzaminator.E004"]),
        ({"DATABASES": {"default": {"DATA_DIR": "/var/lib/egzaminator"}}}, ["egzaminator.E006"]),
        ({"TRUSTED_PROXY_COUNT": 0}, ["egzaminator.E005"]),
        ({"DATABASES": {"default": {"HOST": "db.example"}}}, ["egzaminator.E007"]),
        ({"DATABASES": {"default": {"HOST": "db.example", "OPTIONS": {"sslmode": "require"}}}}, ["egzaminator.E007"]),
        ({"DATABASES": {"default": {"HOST": "db.example", "OPTIONS": {"sslmode": "verify-full"}}}}, []),
        ({"DATABASES": {"default": {"HOST": "127.0.0.1"}}}, []),
        ({"DATABASES": {"default": {"OPTIONS": {"host": "/run/postgresql,db.example"}}}}, ["egzaminator.E007"]),
        ({"DATABASES": {"default": {"OPTIONS": {"host": "/run/postgresql"}}}}, []),
        ({"DATABASES": {"default": {"HOST": "/var/run/postgresql"}}}, []),
        ({"BLIND_INDEX_KEY": b"i" * 32}, ["egzaminator.E008"]),
        ({"ENCRYPTION_KEYS": {"k1": bytes(32), "k2": bytes(range(32, 64))}}, ["egzaminator.E008"]),
        ({"SECRET_KEY": "0123456789" * 6}, ["egzaminator.E009"]),
    ],
)
def test_each_unsafe_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, unsafe: dict[str, object], found: list[str]
) -> None:
    # Not the settings fixture: it warns when DATABASES is replaced, since connections do not follow.
    for name, value in (SAFE | unsafe).items():
        monkeypatch.setattr(f"django.conf.settings.{name}", value)
    assert [error.id for error in check_deployment()] == found
    refused: AbstractContextManager[object] = pytest.raises(SystemCheckError) if found else nullcontext()
    with refused:  # which the command line ends with exit code 1
        call_command("check", deploy=True, tags=["security"])


def check(**environment: str) -> tuple[int, str]:
    """Run the command as an administrator does. Return its exit code and stderr."""
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return result.returncode, result.stderr


def test_the_command_fails_for_a_demo_and_passes_for_a_production() -> None:
    production = {
        "DEMO": "0",
        "SECRET_KEY": SECRET_KEY,
        "STAFF_SECOND_FACTOR": "1",
        "ENCRYPTION_KEYS": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
        "BLIND_INDEX_KEY": base64.b64encode(bytes(range(32, 64))).decode(),
        "PUBLIC_BASE_URL": "https://egzaminatorzy.example",
        "TRUSTED_PROXY_COUNT": "1",
        "EMAIL_URL": "smtps://poczta.example",
        "DATABASE_URL": "postgresql:///egzaminator",
    }
    assert check(**production) == (0, "")
    code, said = check(**production | {"DEMO": "1"})
    assert code == 1
    assert "egzaminator.E001" in said

import os
import subprocess
import sys
from pathlib import Path

from egzaminator import __version__

ROOT = Path(__file__).parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    keep = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTHONPATH"}}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=keep | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_wrong_settings_are_named_in_words() -> None:
    result = manage("migrate", SECRET_KEY="", EMAIL_URL="smtp.example", PUBLIC_BASE_URL="localhost:8000")

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "The settings in the environment need attention (docs/production.md lists them):",
        "  SECRET_KEY: give it 50 random characters or more",
        "  PUBLIC_BASE_URL: use https://host or http://host:port, without a path",
        "  EMAIL_URL: use smtp://host:port, smtp+starttls://user:password@host:port or smtps://…",
    ]


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    result = manage("migrate", DATABASE_URL="postgresql://somebody:secret@127.0.0.1:1/nothing")

    assert result.returncode == 1
    assert result.stderr.startswith("The database does not answer (DATABASE_URL): connection failed: ")
    assert "secret" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_python_without_the_packages_is_told_how_to_get_them() -> None:
    result = subprocess.run(
        [sys.executable, "-S", str(ROOT / "manage.py"), "migrate"],  # -S: without site-packages
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr == (
        "No module named 'django'. Run `make run` once to set everything up, then use .venv/bin/python manage.py.\n"
    )


def test_the_version_is_the_projects_own() -> None:
    for arguments in (["--version"], ["version"]):
        assert manage(*arguments).stdout == f"Egzaminator {__version__}\n"


def test_commands_that_cannot_work_here_are_neither_offered_nor_found() -> None:
    offered = manage("help", "--commands").stdout.split()

    assert {"createsuperuser", "changepassword", "sendtestemail"} & set(offered) == set()
    assert {"serve", "worker", "invite_staff", "import_register", "migrate"} <= set(offered)
    refused = manage("createsuperuser")
    assert refused.returncode == 1
    assert refused.stderr == "Unknown command: 'createsuperuser'\nType 'manage.py help' for usage.\n"

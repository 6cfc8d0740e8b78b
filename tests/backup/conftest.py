import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from egzaminator.backup.age import new_key, read_private_keys
from tests.backup.databases import new_database
from tests.helpers.database_url import database_url

MANAGE = str(Path(__file__).parents[2] / "manage.py")
PATIENCE = 120


@dataclass(slots=True)
class Machine:
    """A machine with a database of the tests' server, folders of its own, and the keys of the backups."""

    database: str
    folder: Path
    private_key: str
    public_key: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def key_file(self) -> Path:
        return self.folder / "key"

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, MANAGE, *arguments],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def well(self, *arguments: str) -> str:
        """Run a command that succeeds, and return its output."""
        result = self.run(*arguments)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    def refusal(self, *arguments: str, status: int = 1) -> str:
        """Run a command that fails, and return its message."""
        result = self.run(*arguments)
        assert (result.returncode, result.stdout) == (status, "")
        assert "Traceback" not in result.stderr
        return result.stderr.removeprefix("CommandError: ")

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": database_url(self.database),
            "DATA_DIR": str(self.folder),
            "BACKUP_RECIPIENTS": self.public_key,
            **self.environment,
        }


def _machine(folder: Path, database: str) -> Machine:
    private, public = new_key()
    folder.mkdir()
    static = Path(os.environ["DATA_DIR"]) / "static"
    (folder / "static").symlink_to(static)
    machine = Machine(database, folder, private, public)
    machine.key_file.write_text(private)
    machine.key_file.chmod(0o600)
    return machine


@pytest.fixture
def machine(transactional_db: None, tmp_path: Path, settings: Settings) -> Machine:
    """The machine of the tests' own database. The settings of this process are its own, too."""
    made = _machine(tmp_path / "here", connection.settings_dict["NAME"])
    settings.DATA_DIR = made.folder
    settings.MEDIA_ROOT, settings.BACKUP_DIR = made.media, made.backups
    settings.BACKUP_RECIPIENTS = [made.public_key]
    return made


@pytest.fixture
def other_machine(machine: Machine, tmp_path: Path) -> Iterator[Machine]:
    """Another machine with an empty database."""
    name = f"{machine.database}_other"
    with new_database(name):
        yield _machine(tmp_path / "there", name)


@pytest.fixture
def keys(machine: Machine) -> list[object]:
    """The private key that opens the machine's backups."""
    return read_private_keys(machine.private_key)

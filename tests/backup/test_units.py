"""The units and scripts of the backups, in `deploy/`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from egzaminator.deployment.install_files import started_units

DEPLOY = Path(__file__).parents[2] / "deploy"
MANUAL = (DEPLOY.parent / "docs" / "production.md").read_text()
NAMES = ["backup", "journal", "drill"]


def lines_of(name: str) -> list[str]:
    return [line for line in (DEPLOY / name).read_text().splitlines() if line and not line.startswith("[")]


@pytest.mark.parametrize("name", NAMES)
def test_they_are_shut_in_like_the_worker_and_write_where_backups_are(name: str) -> None:
    worker = lines_of("egzaminator-worker@.service")
    own = lines_of(f"egzaminator-{name}.service")
    of_a_daemon = {"Type", "Restart", "RestartSec", "TimeoutStopSec", "ExecStart", "Description", "WantedBy"}
    assert [line for line in worker if line.partition("=")[0] not in of_a_daemon and line not in own] == []
    (folder,) = [line for line in own if line.startswith("ReadWritePaths=")]
    assert folder == "ReadWritePaths=/var/backups/egzaminator"
    assert "BACKUP_DIR=/var/backups/egzaminator" in lines_of("environment.example")


def test_the_programs_are_commands_of_ours() -> None:
    started = [
        line.partition("/opt/egzaminator/current/bin/egzaminator ")[2]
        for name in NAMES
        for line in lines_of(f"egzaminator-{name}.service")
        if line.startswith("ExecStart=")
    ]
    assert started == ["backup", "backup --journal", "restore --drill --identity %d/backup-key"]


def test_the_drill_alone_gets_the_key_which_is_roots() -> None:
    with_key = [path.name for path in sorted(DEPLOY.glob("*.service")) if "backup-key" in path.read_text()]
    assert with_key == ["egzaminator-drill.service"]
    assert "LoadCredential=backup-key:/etc/egzaminator/backup-key" in lines_of("egzaminator-drill.service")
    assert "(umask 077; egzaminator backup --new-key >/etc/egzaminator/backup-key)" in MANUAL


def test_each_timer_is_enabled_by_the_installation() -> None:
    timers = {path.name for path in DEPLOY.glob("*.timer")}
    assert timers == {f"egzaminator-{name}.timer" for name in NAMES}
    assert {unit for unit in started_units(DEPLOY) if unit.endswith(".timer")} == timers


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_them(tmp_path: Path) -> None:
    for path in [*DEPLOY.glob("egzaminator-*.service"), *DEPLOY.glob("*.timer"), *DEPLOY.glob("*.socket")]:
        text = path.read_text().replace("/opt/egzaminator/current/bin/egzaminator", "/bin/true")
        (tmp_path / path.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir() if "@" not in path.name)
    told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")

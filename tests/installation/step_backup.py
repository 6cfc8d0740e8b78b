"""Backups, their drill and their timers, under a live systemd."""

import re
import shutil
from pathlib import Path

from tests.installation.machine import HOME
from tests.installation.steps import World, step

_ROWS = "SELECT (SELECT count(*) FROM register_examiner), (SELECT count(*) FROM accounts_account)"


@step("each timer waits for its time")
def timers(world: World) -> str:
    listed = world.machine.sh("systemctl list-timers --all --no-legend 'egzaminator-*'")
    units = set(re.findall(r"(egzaminator-\w+)\.timer", listed))
    assert units == {"egzaminator-backup", "egzaminator-journal", "egzaminator-drill"}
    assert all(line.split()[0] not in {"-", "n/a"} for line in listed.splitlines()), listed
    return ", ".join(sorted(units))


@step("each unit of a timer does its work")
def units(world: World) -> str:
    for name in ("backup", "journal", "drill"):
        world.machine.run("systemctl", "start", f"egzaminator-{name}.service")
    return world.machine.journal("--unit=egzaminator-drill.service", "--lines=30").strip().splitlines()[-2]


@step("the administrator's key opens a backup")
def drill(world: World) -> str:
    world.machine.write(f"{HOME}/backup-key", world.backup_key[0] + "\n", 0o600)
    told = world.machine.sh("KEY=~/backup-key egzaminator restore --drill; rm ~/backup-key")
    return told.strip().splitlines()[-1]


@step("the newest backup, the journal and the keys leave the server")
def take_away(world: World) -> str:
    world.found["rows"] = world.machine.psql(_ROWS)
    world.machine.sh("egzaminator backup")
    folder = world.machine.root / "var/backups/egzaminator"
    archive = max(folder.glob("*.age"))
    for path in (archive, Path(f"{archive}.sha256"), folder / "journal"):
        shutil.copy(path, world.folder)
    world.found["archive"] = archive.name
    settings = (world.machine.root / "etc/egzaminator/environment").read_text()
    (world.folder / "keys").write_text("".join(re.findall(r"^(?:ENCRYPTION|BLIND)\w+=.*\n", settings, re.MULTILINE)))
    content = archive.read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    return f"{archive.name}, {len(content) / 1e6:.1f} MB"

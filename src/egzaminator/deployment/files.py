"""The files of a release that stand elsewhere on the server: units, nginx's configuration and pages, the command."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egzaminator.deployment.commands import run
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.layout import Layout, Release

# As `install_files` has put them there, which made them out for the server's host and board.
_UNITS: Final = (".service", ".socket", ".timer")
_OTHERS: Final = {"nginx.conf": "etc/nginx/conf.d/egzaminator.conf", "egzaminator": "usr/local/bin/egzaminator"}
_CONFLICT: Final = 1  # the exit code of diff3


@dataclass(slots=True)
class Moved:
    """What moving the files to another release did beside changing them."""

    added: list[str] = field(default_factory=list)
    """Units that the server did not have before, which have to be enabled."""
    kept: list[Path] = field(default_factory=list)
    """Files that stay as they are, because the same lines were changed on the server."""


def move_files(layout: Layout, *, before: Release, after: Release) -> Moved:
    """Bring the files on the server from one release to another, and tell systemd. Raise `DeploymentError`.

    What was changed on the server stays changed: the differences between the releases alone are applied. Moving them
    again changes nothing, and moving them back gives what was there.
    """
    moved = Moved()
    for name in sorted({*_names(before), *_names(after)}):
        target = _target(layout, name)
        old, new = before.deploy / name, after.deploy / name
        if not new.exists():
            if target.exists() and _is_enabled_by_us(old):
                run("systemctl", "disable", "--now", name, otherwise=f"{name} could not be stopped.")
            target.unlink(missing_ok=True)
        elif not old.exists():
            if not target.exists():
                _write(target, new.read_bytes(), like=new)
            if _is_enabled_by_us(new):
                moved.added.append(name)
        elif target.exists() and old.read_bytes() != new.read_bytes():
            merged = _merge(target, old, new)
            if merged is None:
                moved.kept.append(target)
            else:
                _write(target, merged, like=target)
    return moved


def require_good_nginx(layout: Layout, *, otherwise: str) -> None:
    """Raise `DeploymentError` if nginx, where it serves us, does not accept its configuration."""
    if _target(layout, "nginx.conf").exists():
        run("nginx", "-t", otherwise=otherwise)


def reload_nginx(layout: Layout) -> None:
    """Let nginx, where it serves us, read its configuration. It refuses no request meanwhile."""
    if _target(layout, "nginx.conf").exists():
        run("systemctl", "reload", "nginx", otherwise="nginx could not be reloaded.")


def daemons(release: Release) -> list[str]:
    """Return patterns of the release's units that run all the time, the web server's first."""
    units = sorted(release.deploy.glob("*.service"), key=lambda path: ("worker" in path.name, path.name))
    return [path.name.replace("@.", "@*.") for path in units if "\nRestart=" in path.read_text()]


def _names(release: Release) -> list[str]:
    return [path.name for path in release.deploy.iterdir() if path.suffix in (*_UNITS, ".html") or path.name in _OTHERS]


def _target(layout: Layout, name: str) -> Path:
    if name.endswith(_UNITS):
        return layout.root / "etc/systemd/system" / name
    return layout.root / _OTHERS.get(name, f"etc/egzaminator/pages/{name}")


def _is_enabled_by_us(unit: Path) -> bool:
    """Return whether a unit is started without being asked for by an instance's name."""
    return "@." not in unit.name and "\n[Install]\n" in unit.read_text()


def _merge(mine: Path, old: Path, new: Path) -> bytes | None:
    """Return a file with what changed between two others, or None if it had been changed in the same places."""
    merged = subprocess.run(  # noqa: S603 -- diffutils, which every Debian has
        ["diff3", "-m", "-E", mine, old, new],  # noqa: S607 -- wherever the system has it
        capture_output=True,
        check=False,
    )
    if merged.returncode not in (0, _CONFLICT):
        raise DeploymentError(f"{mine} could not be compared with the release's: {merged.stderr.decode().strip()}")
    return None if merged.returncode else merged.stdout


def _write(target: Path, content: bytes, *, like: Path) -> None:
    """Write a file, all of it or nothing."""
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(content)
    beside.chmod(like.stat().st_mode & 0o777)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.rename(target)

"""Maintenance mode: whether the installation is closed to visitors.

The flag is a file in DATA_DIR. Every web process on the machine sees it immediately, and it needs no database, which
may be in the middle of a restore or a move.
"""

from functools import cache
from pathlib import Path

from django.conf import settings


def is_maintenance_on() -> bool:
    """Return whether the installation is closed."""
    return _mark().exists()


def begin_maintenance() -> None:
    """Close the installation immediately, until `end_maintenance`. Idempotent."""
    mark = _mark()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def end_maintenance() -> None:
    """Open the installation. Idempotent."""
    if is_maintenance_on():
        _opening().touch()  # first: no process may see the site open with an outdated `last_opening`
        _mark().unlink(missing_ok=True)


def last_opening() -> int:
    """Return a number that changes each time the installation is opened after maintenance; 0 before the first time."""
    try:
        return _opening().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _mark() -> Path:
    return _file(settings.DATA_DIR, "maintenance")


def _opening() -> Path:
    return _file(settings.DATA_DIR, "maintenance-ended")


@cache
def _file(folder: Path, name: str) -> Path:
    # Cached: every request looks at both files, and building a path takes several times as long as that look.
    return folder / name

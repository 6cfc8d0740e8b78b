"""Whether the installation is closed for maintenance.

The mark is a file in DATA_DIR: every web process of the machine sees it at once, and a database that is being restored
or moved is not asked.
"""

from functools import cache
from pathlib import Path

from django.conf import settings


def is_maintenance_on() -> bool:
    """Tell whether the installation is closed."""
    return _mark().exists()


def begin_maintenance() -> None:
    """Close the installation, at once and until it is opened again; nothing happens to one that is closed."""
    mark = _mark()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def end_maintenance() -> None:
    """Open the installation; nothing happens to one that is open."""
    if is_maintenance_on():
        _opening().touch()  # first, so that nobody sees the site open and not that it was closed
        _mark().unlink(missing_ok=True)


def last_opening() -> int:
    """Give a number that is another one after every time that the installation was closed; 0 before the first."""
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
    # Kept: every request looks at both files, and putting a path together takes several times as long as that.
    return folder / name

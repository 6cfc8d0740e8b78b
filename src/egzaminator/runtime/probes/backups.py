"""The probes of the backup: how long ago one was made, and how long ago one was restored for a try.

Both are noted in DATA_DIR by the commands that do it, and not in a row: that would be restored with the database, and
tell of another one's backups.
"""

import datetime
import json
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from egzaminator.core.probes import Finding, Level, probe

_NAME: Final = "backup-state.json"
_HOUR: Final = datetime.timedelta(hours=1)
_DAY: Final = datetime.timedelta(days=1)
# Made each night, tried each week; some hours more for a night that took longer.
_BACKUP_LATE: Final = _DAY + 2 * _HOUR
_BACKUP_VERY_LATE: Final = 3 * _DAY
_DRILL_LATE: Final = 8 * _DAY


@probe("backup", needs_database=False, figures={"backup_age_seconds": "Time since the last backup."})
def check_backup() -> Finding | None:
    """Find out how long ago a backup was made."""
    if settings.DEMO:
        return None
    cure = "See `systemctl status egzaminator-backup.timer` (docs/production.md, Keys and backups)."
    last = _last("last_backup")
    if last is None:
        return Finding("No backup is known of.", Level.WARNING, cure)
    age = timezone.now() - last
    words = f"The last backup is {describe_age(age)} old."
    figures = {"backup_age_seconds": age.total_seconds()}
    if age > _BACKUP_LATE:
        return Finding(words, Level.CRITICAL if age > _BACKUP_VERY_LATE else Level.WARNING, cure, figures)
    return Finding(words, figures=figures)


@probe("drill", needs_database=False, figures={"drill_age_seconds": "Time since a backup was last restored for a try."})
def check_drill() -> Finding | None:
    """Find out how long ago a backup was restored for a try."""
    if settings.DEMO:
        return None
    cure = "See `systemctl status egzaminator-drill.timer` (docs/production.md, Keys and backups)."
    last = _last("last_drill")
    if last is None:
        return Finding("No backup is known to have been restored for a try.", Level.WARNING, cure)
    age = timezone.now() - last
    words = f"The last try to restore a backup is {describe_age(age)} old."
    figures = {"drill_age_seconds": age.total_seconds()}
    if age > _DRILL_LATE:
        return Finding(words, Level.WARNING, cure, figures)
    return Finding(words, figures=figures)


def _last(what: str) -> datetime.datetime | None:
    """Return when something was last done, noted in ISO 8601 with a time zone; None if nothing is noted."""
    try:
        return datetime.datetime.fromisoformat(json.loads((Path(settings.DATA_DIR) / _NAME).read_text())[what])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def describe_age(age: datetime.timedelta) -> str:
    """Return a length of time in the largest unit that says enough: "3 days", "5 hours", "12 minutes"."""
    for unit, length in (("day", _DAY), ("hour", _HOUR)):
        if age >= 2 * length:
            return f"{age // length} {unit}s"
    minutes = max(0, age // datetime.timedelta(minutes=1))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"

"""When a backup was last made, and when one was last restored for a try: noted by those commands, read by the probes.

It is a file in DATA_DIR and not a row: a row would be restored with the database, and tell of another one's backups.
"""

import datetime
import json
from pathlib import Path
from typing import Final

from django.conf import settings

BACKUP: Final = "last_backup"
DRILL: Final = "last_drill"
_NAME: Final = "backup-state.json"


def record_done(*, what: str, at: datetime.datetime) -> None:
    """Note that a backup (`BACKUP`) or a drill (`DRILL`) succeeded."""
    state = _read() | {what: at.isoformat()}
    new = _path().with_suffix(".new")
    new.write_text(json.dumps(state) + "\n")
    new.replace(_path())  # never half of it


def last_done(*, what: str) -> datetime.datetime | None:
    """Return when a backup or a drill last succeeded; None if none is noted."""
    noted = _read().get(what)
    if noted is None:
        return None
    at = datetime.datetime.fromisoformat(noted)
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)


def _read() -> dict[str, str]:
    try:
        state = json.loads(_path().read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _path() -> Path:
    return Path(settings.DATA_DIR) / _NAME

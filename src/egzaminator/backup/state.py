"""When the last backup and the last drill were well, for `egzaminator status`: `backup-state.json` in DATA_DIR."""

import json
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from egzaminator.backup.folder import write_private

LAST_BACKUP: Final = "last_backup"
LAST_DRILL: Final = "last_drill"


def record_success(what: str) -> None:
    """Record that a backup or a drill has ended well just now."""
    state = _read() | {what: timezone.now().isoformat()}
    write_private(_file(), json.dumps(state).encode())


def _read() -> dict[str, str]:
    try:
        state = json.loads(_file().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _file() -> Path:
    return Path(settings.DATA_DIR) / "backup-state.json"

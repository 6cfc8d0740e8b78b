import datetime
import json

from django.conf import settings


def note_backup(**done: datetime.datetime) -> None:
    """Note when the last backup was made (`last_backup`) or tried (`last_drill`), as the commands of the backup do."""
    noted = {what: at.isoformat() for what, at in done.items()}
    (settings.DATA_DIR / "backup-state.json").write_text(json.dumps(noted))

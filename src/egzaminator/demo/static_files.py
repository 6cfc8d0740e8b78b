import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP: Final = "static.stamp"


def collect_static() -> None:
    """Collect the static files if they have changed since the last time, because hashing all of them takes seconds."""
    stamp: Path = settings.DATA_DIR / _STAMP
    fingerprint = _fingerprint()
    is_collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()
    if is_collected and stamp.is_file() and stamp.read_text() == fingerprint:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(fingerprint)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            digest.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()

"""The settings of the service, with keys of its own, and the machine's key of the backups."""

import base64
import re
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from egzaminator.backup.age import new_key
from egzaminator.deployment.install_answers import QUESTIONS, parse_lines
from egzaminator.deployment.machine import USER, write_file
from egzaminator.runtime.environment import KEY_BYTES

FOLDER: Final = Path("/etc/egzaminator")
_PUBLIC_KEY: Final = re.compile(r"^# public key: (age1\w+)$", re.MULTILINE)
_HEADING: Final = "# The settings of the service: docs/production.md explains each. Read by systemd and by sh.\n"


def known_answers(folder: Path = FOLDER) -> dict[str, str]:
    """Return what an earlier run was told."""
    answers = _read(folder / "installation")
    if email_url := _read(folder / "environment").get("EMAIL_URL"):
        answers["EMAIL_URL"] = email_url
    return answers


def write_answers(answers: Mapping[str, str], folder: Path = FOLDER) -> bool:
    """Keep the answers for the next run and for upgrades, without the mail server's. Return whether they changed."""
    lines = [
        f"{question.name}={shlex.quote(answers[question.name])}"
        for question in QUESTIONS
        if question.name != "EMAIL_URL"
    ]
    return write_file(folder / "installation", "\n".join(lines) + "\n", mode=0o644)


def write_backup_key(folder: Path = FOLDER) -> tuple[str, bool]:
    """Make the machine's key of the backups if there is none. Return its public key, and whether it is new."""
    file = folder / "backup-key"
    is_new = not file.exists()
    if is_new:
        private, public = new_key()
        write_file(file, f"# public key: {public}\n{private}\n", mode=0o600)
    found = _PUBLIC_KEY.search(file.read_text())
    return found.group(1) if found else "", is_new


def write_settings(
    answers: Mapping[str, str], *, machine_key: str, folder: Path = FOLDER, group: str = USER
) -> list[str]:
    """Add the settings that are missing, with fresh keys, and return their names. What is set stays as it is."""
    file = folder / "environment"
    text = file.read_text() if file.exists() else _HEADING
    is_set = {name for name, value in parse_lines(text).items() if value}
    recipients = [key for key in (answers["BACKUP_RECIPIENT"], machine_key) if key]
    wanted = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": f"k1:{_new_key()}",
        "BLIND_INDEX_KEY": _new_key(),
        "PUBLIC_BASE_URL": f"https://{answers['HOST']}",
        "EMAIL_URL": answers["EMAIL_URL"],
        "DATABASE_URL": "postgresql:///egzaminator?host=/run/postgresql",
        "DATA_DIR": "/var/lib/egzaminator",
        "TRUSTED_PROXY_COUNT": "1",
        "BACKUP_DIR": "/var/backups/egzaminator",
        "BACKUP_RECIPIENTS": ",".join(recipients),
    }
    new = [name for name in wanted if name not in is_set]
    # Single quotes mean the same to systemd and to sh, which take what stands between them as it is.
    lines = [f"{name}='{wanted[name]}'\n" for name in new]
    # A line without a value gives way: of two, sh and systemd take the later one, and people see the former.
    kept = [line for line in text.splitlines(keepends=True) if line.strip() not in {f"{name}=" for name in new}]
    write_file(file, "".join([*kept, *lines]), mode=0o640, group=group)
    return new


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _read(file: Path) -> dict[str, str]:
    return parse_lines(file.read_text()) if file.exists() else {}

import base64
import hashlib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from egzaminator.backup.age import encrypt_text
from egzaminator.backup.errors import BackupError


class Command(BaseCommand):
    """Print the keys that no backup holds, for paper or encrypted: `egzaminator show_keys`."""

    help = "Print SECRET_KEY, ENCRYPTION_KEYS and BLIND_INDEX_KEY, without which no backup can be read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how they are printed. One has to be chosen, so that nobody prints them by accident."""
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--paper", action="store_true", help="in clear, for a printer and a safe")
        how.add_argument("--to", metavar="PUBLIC-KEY", help="encrypted to a public key of age (age1…)")

    def handle(self, *, to: str | None, **_options: Any) -> None:
        """Print them. Raise `CommandError` if the public key is none."""
        text = _keys()
        try:
            self.stdout.write(encrypt_text(text, recipient=to) if to else text)
        except BackupError as error:
            raise CommandError(str(error)) from None


def _keys() -> str:
    """Return the lines of the environment, each with a mark by which a mistake in typing it again is found."""
    keys = ",".join(f"{key_id}:{_base64(key)}" for key_id, key in settings.ENCRYPTION_KEYS.items())
    values = {
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": keys,
        "BLIND_INDEX_KEY": _base64(settings.BLIND_INDEX_KEY),
    }
    lines = [f"# {_mark(value)}\n{name}='{value}'" for name, value in values.items()]
    return "# The mark above each line: the first 8 signs of sha256sum of the value\n" + "\n".join(lines)


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:8]

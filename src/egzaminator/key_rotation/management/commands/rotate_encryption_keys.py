import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from egzaminator.core.encryption import newest_key_id
from egzaminator.key_rotation.domain.columns import DAMAGED, count_by_key
from egzaminator.key_rotation.domain.encryption_keys import Rotation, rotate_encryption_keys
from egzaminator.key_rotation.errors import WrongKeyError


class Command(BaseCommand):
    """The command `manage.py rotate_encryption_keys`."""

    help = "Encrypt everything with the first of ENCRYPTION_KEYS, while the site runs. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate the encryption keys and report which keys are still in use.

        Raise `CommandError`, with which the command exits with status 1, if a key is wrong or an older key is
        still in use.
        """
        counts = count_by_key()
        old = counts.total() - counts[newest_key_id()]
        try:
            with tqdm(total=old, unit=" values", file=sys.stderr, disable=None, leave=False) as bar:
                rotation = rotate_encryption_keys(progress=bar.update)
        except WrongKeyError as error:
            raise CommandError(
                f"More than a hundred values of {error.location} do not open: one of ENCRYPTION_KEYS is not the key "
                "that they were encrypted with. What was encrypted anew before that stays so."
            ) from None
        self._report(rotation)

    def _report(self, rotation: Rotation) -> None:
        newest = newest_key_id()
        self.stdout.write(f"Encrypted anew with key {newest}: {rotation.renewed}")
        for context in sorted(rotation.unreadable):
            self.stderr.write(f"No key opens {context}. It was changed outside the program, or its key is gone.")
        others = {key_id: count for key_id, count in count_by_key().items() if key_id != newest}
        for key_id, count in sorted(others.items()):
            name = "no key that can be read" if key_id == DAMAGED else f"key {key_id}"
            self.stderr.write(f"Still encrypted with {name}: {count}")
        if others:
            raise CommandError(
                f"Keep the older keys. Restart whatever runs with an older first key than {newest}, and repeat this."
            )
        self.stdout.write(
            "No other key is in use. Repeat this in an hour, for the sake of pages that browsers show now; if it "
            f"says 0 and this again, {newest} can stand alone in ENCRYPTION_KEYS."
        )

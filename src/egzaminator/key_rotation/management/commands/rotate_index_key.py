import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from egzaminator.key_rotation.domain.columns import count_indexed
from egzaminator.key_rotation.domain.rotate_index_key import rotate_index_key
from egzaminator.key_rotation.errors import RotationUnderWayError, SiteIsOpenError


class Command(BaseCommand):
    """The command `manage.py rotate_index_key`."""

    help = (
        "Let people be found by BLIND_INDEX_KEY as it is now. The site must be closed. Takes a direct connection to "
        "PostgreSQL, not one through a pooler in transaction mode. May be repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate the blind index key.

        Raise `CommandError`, with which the command exits with status 1, if the site is open, another rotation
        runs, or some values are undecryptable.
        """
        total = count_indexed()
        try:
            with tqdm(total=total, unit=" rows", file=sys.stderr, disable=None, leave=False) as bar:
                rotation = rotate_index_key(progress=bar.update)
        except SiteIsOpenError:
            raise CommandError("Close the site first: python manage.py maintenance on") from None
        except RotationUnderWayError:
            raise CommandError("Another rotate_index_key is at work.") from None
        self.stdout.write(
            f"Indexed anew: {rotation.renewed} of {total}. Restart the web server and the workers, then open the site: "
            "python manage.py maintenance off"
        )
        for context in sorted(rotation.unreadable):
            self.stderr.write(f"No key opens {context}: nobody finds that row until its value is put right.")
        if rotation.unreadable:
            raise CommandError("Some values do not open. Put them right, and repeat this.")

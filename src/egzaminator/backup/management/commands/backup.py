from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from egzaminator.backup.age import new_key
from egzaminator.backup.errors import BackupError, NotCopiedError
from egzaminator.backup.folder import backup_folder, locked
from egzaminator.backup.journal import journal_file, update_journal
from egzaminator.backup.make import copy_away, make_backup

# The backup is there, and only its copy elsewhere is missing.
_NOT_COPIED = 3


class Command(BaseCommand):
    """Make a backup: `egzaminator backup`."""

    help = (
        "Write database, media and version into one archive in BACKUP_DIR, encrypted to BACKUP_RECIPIENTS. Exits with "
        "3 if only BACKUP_COPY_COMMAND failed, with 1 if there is no new backup."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to do instead of a backup."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--journal", action="store_true", help="bring the journal beside the backups up to date, and nothing else"
        )
        what.add_argument(
            "--new-key", action="store_true", help="print a new private key; its public key is in a comment of it"
        )

    def handle(self, *, journal: bool, new_key: bool, **_options: Any) -> None:
        """Make the backup and say what is in it. Raise `CommandError`."""
        try:
            if new_key:
                self._print_key()
            elif journal:
                self._append()
            else:
                self._make()
        except BackupError as error:
            raise CommandError(str(error), returncode=_NOT_COPIED if isinstance(error, NotCopiedError) else 1) from None

    def _make(self) -> None:
        made = make_backup()
        size = made.archive.stat().st_size / 1_000_000
        self.stdout.write(f"{made.archive} ({size:.1f} MB): {made.rows} rows, {made.files} files of media.")
        for old in made.removed:
            self.stdout.write(f"Removed: {old.name}")

    def _append(self) -> None:
        folder = backup_folder()
        with locked(folder, waits=True):
            count = update_journal(folder)
            copy_away([journal_file(folder)])
        self.stdout.write(f"New lines in the journal: {count}")

    def _print_key(self) -> None:
        private, public = new_key()
        self.stdout.write(f"# public key: {public}\n{private}")

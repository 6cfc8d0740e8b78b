import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from egzaminator.backup.aftercare import Report, take_care
from egzaminator.backup.age import read_private_keys
from egzaminator.backup.drill import drill
from egzaminator.backup.errors import BackupError
from egzaminator.backup.folder import archives, backup_folder, locked
from egzaminator.backup.journal import journal_file
from egzaminator.backup.restore import restore, undo
from egzaminator.backup.targets import require_alone


class Command(BaseCommand):
    """Restore a backup, or try whether it can be restored: `egzaminator restore`."""

    help = (
        "Restore an archive into the database and DATA_DIR/media. Stop the web server and the workers first. With "
        "--drill, restore it into a scratch database and folder, look at it, and remove them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the archive, the key, and what else may be done."""
        parser.add_argument("archive", nargs="?", type=Path, help="of a drill: the newest one if none is named")
        parser.add_argument("--identity", dest="key_file", help="the file with the private key of age; - for stdin")
        parser.add_argument(
            "--replace", default="", metavar="DATABASE", help="its content and that of DATA_DIR/media may be replaced"
        )
        parser.add_argument("--journal", type=Path, help="the journal; without it the one beside the archive")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--drill", action="store_true", help="try it, and change nothing")
        what.add_argument("--undo", action="store_true", help="have back what a restore that was killed put aside")
        what.add_argument(
            "--recovered",
            metavar="TIME",
            help="PostgreSQL itself restored the database, as of this time: do the rest",
        )

    def handle(self, **options: Any) -> None:
        """Do what is asked and say what is well and what is left. Raise `CommandError`."""
        try:
            self._handle(**options)
        except BackupError as error:
            raise CommandError(str(error)) from None

    def _handle(self, *, archive: Path | None, journal: Path | None, replace: str, **options: Any) -> None:
        if options["undo"]:
            with locked(backup_folder(), what="restore"):
                was_begun = undo()
            self.stdout.write("What was there before is there again." if was_begun else "There was nothing to undo.")
        elif options["recovered"]:
            require_alone()
            journal = journal or journal_file(settings.BACKUP_DIR)
            self._report(take_care(made_at=options["recovered"], journal=journal))
        elif options["drill"]:
            self._drill(archive or _newest(), options["key_file"])
        elif archive is None:
            raise BackupError("Name the archive that is to be restored.")
        else:
            keys = _read_keys(options["key_file"])
            journal = journal or journal_file(archive.parent)
            with locked(backup_folder(), what="restore"):
                self._report(restore(archive, keys=keys, replace=replace, journal=journal))

    def _drill(self, archive: Path, key_file: str | None) -> None:
        found = drill(archive, keys=_read_keys(key_file))
        values = (
            ", ".join(f"{count} with the key {key}" for key, count in sorted(found.values.items())) or "there is none"
        )
        self.stdout.write(f"{archive.name}, made {found.made_at} by Egzaminator {found.version}, can be restored.")
        self.stdout.write(f"  Rows: {found.rows}, as many as when it was made. Files of media: {found.files}.")
        self.stdout.write(f"  Encrypted values opened: {values}.")
        self.stdout.write(f"  Pages that answer: {found.pages}" + ("." if found.pages else ", as the site is closed."))
        self.stdout.write(f"  It took {found.seconds:.0f} seconds. The scratch is removed.")

    def _report(self, report: Report) -> None:
        self.stdout.write("Well:")
        for line in report.well:
            self.stdout.write(f"  - {line}")
        self.stdout.write("Left to you:")
        for line in report.left:
            self.stdout.write(f"  - {line}")


def _newest() -> Path:
    found = archives(backup_folder())
    if not found:
        raise BackupError(f"There is no backup in {settings.BACKUP_DIR}. Make one: egzaminator backup")
    return found[-1]


def _read_keys(key_file: str | None) -> list[Any]:
    if key_file is None:
        raise BackupError("Name the file with the private key: --identity FILE, or --identity - for stdin.")
    try:
        return read_private_keys(sys.stdin.read() if key_file == "-" else Path(key_file).read_text(encoding="utf-8"))
    except OSError as error:
        raise BackupError(f"The key file {key_file} cannot be read: {error.strerror}.") from None

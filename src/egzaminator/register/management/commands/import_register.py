import stat
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from egzaminator.register.domain.imports.command import ImportSummary, import_register
from egzaminator.register.domain.imports.text import labelled_changes, refusal_text
from egzaminator.register.errors import BadRowsError, RegisterFileError
from egzaminator.register.problems import RowProblem


class Command(BaseCommand):
    """`manage.py import_register FILE [--dry-run]`."""

    help = "Read a register file (CSV or XLSX, see docs/register-file.md) into the register: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and `--dry-run`."""
        parser.add_argument("file", type=Path, help="the register file")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would change; write nothing")

    def handle(self, *, file: Path, dry_run: bool, **_options: Any) -> None:
        """Import the file and print a report. Raise `CommandError`, which makes the command exit with status 1."""
        try:
            summary = _import(file, dry_run=dry_run)
        except BadRowsError as error:
            for problem in error.problems:
                self.stderr.write(_line(problem))
            rows = len({problem.line for problem in error.problems})
            raise CommandError(_("Nothing was imported. Rows to correct: %(rows)d.") % {"rows": rows}) from None
        except RegisterFileError as error:
            raise CommandError(refusal_text(error)) from None
        self.stdout.write(_report(summary, dry_run=dry_run))


def _import(path: Path, *, dry_run: bool) -> ImportSummary:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CommandError(_("%(path)s is not a file.") % {"path": path})
        file = path.open("rb")
    except FileNotFoundError:
        raise CommandError(_("There is no file %(path)s.") % {"path": path}) from None
    except OSError as error:
        raise CommandError(
            _("The file %(path)s cannot be opened: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    bar_format = "{percentage:3.0f}% |{bar}| {elapsed}"
    with file, tqdm(total=100, bar_format=bar_format, file=sys.stderr, disable=None, leave=False) as bar:
        return import_register(
            file=file, name=path.name, dry_run=dry_run, progress=lambda share: bar.update(100 * share - bar.n)
        )


def _line(problem: RowProblem) -> str:
    return f"{problem.location}: {problem.reason} {problem.cure}"


def _report(summary: ImportSummary, *, dry_run: bool) -> str:
    numbers = {**asdict(summary.changes), "rows": summary.rows, "new_scopes": summary.new_scopes}
    heading = _("Nothing was written. The import would do this:") if dry_run else _("The register was imported.")
    lines = [heading, *(f"  {name}: {count}" for name, count in labelled_changes(numbers))]
    if summary.sheet:
        lines.append(_("Sheet that was read: %(sheet)s.") % {"sheet": summary.sheet})
    if summary.other_sheets:
        lines.append(_("Sheets that were not read: %(sheets)s.") % {"sheets": ", ".join(summary.other_sheets)})
    if summary.ignored_columns:
        lines.append(_("Columns that were ignored: %(columns)s.") % {"columns": ", ".join(summary.ignored_columns)})
    if summary.kept:
        lines.append(_("These values were corrected by hand in the register, and stay as they are there:"))
        lines += [f"  {location}" for location in summary.kept_locations]
    return "\n".join(lines)

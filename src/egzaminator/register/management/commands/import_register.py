import stat
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from egzaminator.register.domain.imports import ImportSummary, import_register
from egzaminator.register.errors import BadRowsError, MissingColumnsError, RepeatedColumnsError, UnreadableFileError
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
        except UnreadableFileError as error:
            raise CommandError(_sentence(error)) from None
        except MissingColumnsError as error:
            sentence = _("The first row of the file must name the columns. These are missing: %(columns)s.")
            raise CommandError(_about_columns(sentence, error)) from None
        except RepeatedColumnsError as error:
            sentence = _("The first row of the file names these columns twice: %(columns)s. Keep one of each.")
            raise CommandError(_about_columns(sentence, error)) from None
        except BadRowsError as error:
            for problem in error.problems:
                self.stderr.write(_line(problem))
            rows = len({problem.line for problem in error.problems})
            raise CommandError(_("Nothing was imported. Rows to correct: %(rows)d.") % {"rows": rows}) from None
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


def _sentence(error: UnreadableFileError) -> str:
    sentence = str(error.problem.sentence)
    if error.sheets:
        sentence %= {"sheets": ", ".join(_("“%(sheet)s”") % {"sheet": name} for name in error.sheets)}
    if error.line is None:
        return sentence
    return _("Line %(line)d: %(problem)s") % {"line": error.line, "problem": sentence}


def _about_columns(sentence: str, error: MissingColumnsError | RepeatedColumnsError) -> str:
    problem = sentence % {"columns": ", ".join(error.columns)}
    if not error.sheet:
        return problem
    return _("Sheet “%(sheet)s”: %(problem)s") % {"sheet": error.sheet, "problem": problem}


def _line(problem: RowProblem) -> str:
    return f"{problem.location}: {problem.reason} {problem.cure}"


def _report(summary: ImportSummary, *, dry_run: bool) -> str:
    changes = summary.changes
    counts = [
        (_("Rows read"), summary.rows),
        (_("New examiners"), changes.new_examiners),
        (_("Examiners with a changed name or e-mail address"), changes.changed_examiners),
        (_("New entries"), changes.new_entries),
        (_("Entries with a changed scope or spelling of the number"), changes.changed_entries),
        (_("Entries struck off"), changes.struck_off),
        (_("Entries active again"), changes.restored),
        (_("New decisions"), changes.new_decisions),
        (_("Decisions with a changed date"), changes.changed_decisions),
        (_("New scopes"), summary.new_scopes),
    ]
    heading = _("Nothing was written. The import would do this:") if dry_run else _("The register was imported.")
    lines = [heading, *(f"  {name}: {count}" for name, count in counts)]
    if summary.sheet:
        lines.append(_("Sheet that was read: %(sheet)s.") % {"sheet": summary.sheet})
    if summary.other_sheets:
        lines.append(_("Sheets that were not read: %(sheets)s.") % {"sheets": ", ".join(summary.other_sheets)})
    if summary.ignored_columns:
        lines.append(_("Columns that were ignored: %(columns)s.") % {"columns": ", ".join(summary.ignored_columns)})
    if summary.kept:
        lines.append(_("These values were corrected by hand in the register, and stay as they are there:"))
        lines += [f"  {place}" for place in summary.kept_places]
    return "\n".join(lines)

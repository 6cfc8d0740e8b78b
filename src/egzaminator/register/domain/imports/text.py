"""What is said of a register file that was read: the same words in the command and in the panel."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from egzaminator.register.errors import (
    MissingColumnsError,
    RegisterFileError,
    RepeatedColumnsError,
    UnreadableFileError,
)
from egzaminator.register.problems import RowProblem


def refusal_text(error: RegisterFileError) -> str:
    """Return why a file as a whole was refused, with its line or sheet and the remedy, in the active language."""
    match error:
        case UnreadableFileError():
            return _unreadable(error)
        case MissingColumnsError():
            sentence = _("The first row of the file must name the columns. These are missing: %(columns)s.")
            return _about_columns(sentence, error)
        case RepeatedColumnsError():
            sentence = _("The first row of the file names these columns twice: %(columns)s. Keep one of each.")
            return _about_columns(sentence, error)
    raise TypeError(type(error))


def problem_text(problem: RowProblem) -> str:
    """Return what is wrong in a cell, and the remedy, after the name of its column as the file has it."""
    column = problem.heading or problem.column
    words = f"{problem.reason} {problem.cure}"
    return f"{column}: {words}" if column else words


def labelled_changes(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what an import did or would do, as labels with numbers, in the active language.

    `numbers` are those of `Changes`, by name, with "rows" and "new_scopes".
    """
    labels = {
        "rows": _("Rows read"),
        "new_examiners": _("New examiners"),
        "changed_examiners": _("Examiners with a changed name, e-mail or postal address"),
        "new_entries": _("New entries"),
        "changed_entries": _("Entries with a changed scope or spelling of the number"),
        "struck_off": _("Entries struck off"),
        "restored": _("Entries active again"),
        "new_decisions": _("New decisions"),
        "changed_decisions": _("Decisions with a changed date"),
        "new_scopes": _("New scopes"),
    }
    return [(label, numbers[name]) for name, label in labels.items()]


def _unreadable(error: UnreadableFileError) -> str:
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

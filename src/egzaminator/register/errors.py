"""Expected failures of reading a register file. Each carries what its message needs."""

import uuid
from collections.abc import Sequence

from egzaminator.register.columns import Column
from egzaminator.register.problems import FileProblem, Problem, RowProblem


class RegisterFileError(Exception):
    """A register file was refused. Nothing of it was written."""


class UnreadableFileError(RegisterFileError):
    """The file as a whole is not a register file.

    Carries the reason, and the line or the sheets that the reason mentions.
    """

    def __init__(self, problem: FileProblem, *, line: int | None = None, sheets: Sequence[str] = ()) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.line = line
        self.sheets = sheets


class MissingColumnsError(RegisterFileError):
    """The first row lacks required column names. Carries the missing columns and, of a workbook, the sheet."""

    def __init__(self, columns: Sequence[Column], *, sheet: str = "") -> None:
        super().__init__(*columns)
        self.columns = columns
        self.sheet = sheet


class RepeatedColumnsError(RegisterFileError):
    """The first row names a column twice. Carries the repeated columns and, of a workbook, the sheet."""

    def __init__(self, columns: Sequence[Column], *, sheet: str = "") -> None:
        super().__init__(*columns)
        self.columns = columns
        self.sheet = sheet


class BadRowsError(RegisterFileError):
    """Some rows are invalid. Carries every problem, sorted by line and column."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(len(problems))
        self.problems = problems


class BadCellError(Exception):
    """A cell is not valid for its column. Carries the reason, and the limit or length that the reason mentions."""

    def __init__(self, problem: Problem, detail: int = 0) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.detail = detail


class ExportStoppedError(Exception):
    """An export is no longer this job's: it was deleted with its owner's account, or another job has begun it anew."""


class ImportRunsError(Exception):
    """A register file is being read in. It takes minutes at most."""


class PersonExistsError(Exception):
    """The register has this person, or this number, already. Carries whose it is, and the column that names them."""

    def __init__(self, examiner_id: uuid.UUID, column: Column) -> None:
        super().__init__(column.name)
        self.examiner_id = examiner_id
        self.column = column


class ScopeExistsError(Exception):
    """The register has a scope with this code already."""


class ChangedMeanwhileError(Exception):
    """Somebody else changed the row after its form was shown."""


class GroundExistsError(Exception):
    """The list has this ground already."""


class ImportStoppedError(Exception):
    """An import is no longer this job's: another job has begun it anew."""


class ImportNotReadyError(Exception):
    """An import is not in the state in which it can be asked for that: another tab was quicker, or its day is over."""

from collections.abc import Sequence

from egzaminator.register.columns import Column
from egzaminator.register.problems import FileProblem, Problem, RowProblem


class RegisterFileError(Exception):
    """A register file was refused, and nothing of it was written."""


class UnreadableFileError(RegisterFileError):
    """The file as a whole is no register file. Carries why, and the line or the sheets that the reason speaks of."""

    def __init__(self, problem: FileProblem, *, line: int | None = None, sheets: Sequence[str] = ()) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.line = line
        self.sheets = sheets


class MissingColumnsError(RegisterFileError):
    """The first row does not name every required column. Carries the columns and, of a workbook, the sheet."""

    def __init__(self, columns: Sequence[Column], *, sheet: str = "") -> None:
        super().__init__(*columns)
        self.columns = columns
        self.sheet = sheet


class RepeatedColumnsError(RegisterFileError):
    """The first row names a column twice. Carries the columns and, of a workbook, the sheet."""

    def __init__(self, columns: Sequence[Column], *, sheet: str = "") -> None:
        super().__init__(*columns)
        self.columns = columns
        self.sheet = sheet


class BadRowsError(RegisterFileError):
    """Rows are bad. Carries every problem, by line and column."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(len(problems))
        self.problems = problems


class BadCellError(Exception):
    """A cell cannot be what its column is for. Carries why, and the limit or the length that the reason speaks of."""

    def __init__(self, problem: Problem, detail: int = 0) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.detail = detail

from collections.abc import Sequence

from egzaminator.register.columns import Column
from egzaminator.register.problems import FileProblem, Problem, RowProblem


class RegisterFileError(Exception):
    """A register file was refused, and nothing of it was written."""


class UnreadableFileError(RegisterFileError):
    """The file as a whole is no register file."""

    def __init__(self, problem: FileProblem, *, line: int | None = None) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.line = line


class MissingColumnsError(RegisterFileError):
    """The first row does not name every required column."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(*columns)
        self.columns = columns


class RepeatedColumnsError(RegisterFileError):
    """The first row names a column twice."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(*columns)
        self.columns = columns


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

"""What is read from a workbook."""

import io

import pytest

from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem


def read(file: io.BytesIO) -> list[tuple[int, list[Cell]]]:
    return [(line, list(cells)) for line, cells in read_xlsx(file).rows]


def problem_of(file: io.BytesIO) -> FileProblem:
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    return caught.value.problem

import string

from django.utils import translation

from egzaminator.register.columns import Column
from egzaminator.register.problems import FileProblem, Problem, RowProblem


def test_every_problem_has_a_reason_of_its_own_and_a_cure() -> None:
    with translation.override("en"):
        problems = [RowProblem(3, Column.PESEL, problem, 42) for problem in Problem]
        reasons = [problem.reason for problem in problems]
        assert len(set(reasons)) == len(reasons) == len(Problem)
        for text in [*reasons, *(problem.cure for problem in problems)]:
            assert text[0] in string.ascii_uppercase
            assert text[-1] == "."
            assert "%" not in text


def test_every_problem_of_a_file_is_a_sentence() -> None:
    sentences = [str(problem.sentence) for problem in FileProblem]
    assert len(set(sentences)) == len(sentences) == len(FileProblem)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_the_other_line_the_limit_and_the_length_are_told() -> None:
    with translation.override("en"):
        assert "Line 42 " in RowProblem(3, Column.SURNAME, Problem.NAMES_DIFFER, 42).reason
        assert " 100 " in RowProblem(3, Column.SURNAME, Problem.TOO_LONG, 100).reason
        assert " 10." in RowProblem(3, Column.PESEL, Problem.PESEL_LENGTH, 10).reason

import csv
import datetime
from pathlib import Path

import pytest
import time_machine
from hypothesis import example, given
from hypothesis import strategies as st

from egzaminator.core.pesel import NotAPeselError, Pesel, PeselProblem, parse_pesel, squeeze
from tests.core.pesels import pesel_of

VECTORS = list(csv.DictReader((Path(__file__).parent / "pesel_vectors.csv").read_text().splitlines()))
TODAY = datetime.date(2026, 11, 22)
ARABIC_INDIC = {ord(digit): 0x0660 + int(digit) for digit in "0123456789"}
FULL_WIDTH = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["note"])
def test_the_published_vectors(vector: dict[str, str]) -> None:
    try:
        verdict = "valid" if parse_pesel(vector["pesel"], today=TODAY).digits == vector["pesel"] else "changed"
    except NotAPeselError:
        verdict = "invalid"
    assert verdict == vector["verdict"]


@given(
    born=st.dates(datetime.date(1800, 1, 1), TODAY),
    ordinal=st.integers(0, 9999),
    typed=st.sampled_from(["{}", " {} ", "{}\n", "\t{}\r\n", "\u00a0{}", "{}\u00ad"]),
)
def test_every_valid_pesel_is_read_however_it_is_framed(born: datetime.date, ordinal: int, typed: str) -> None:
    digits = pesel_of(born, ordinal)
    assert parse_pesel(typed.format(digits), today=TODAY) == Pesel(digits)


@given(born=st.dates(datetime.date(1800, 1, 1), TODAY), ordinal=st.integers(0, 9999), cut=st.integers(1, 10))
def test_groups_and_dashes_are_forgiven(born: datetime.date, ordinal: int, cut: int) -> None:
    digits = pesel_of(born, ordinal)
    for separator in (" ", "-", "–", "—", "\u2011", "\u2212", "\u2009"):
        assert parse_pesel(digits[:cut] + separator + digits[cut:], today=TODAY).digits == digits
    assert parse_pesel(digits.translate(FULL_WIDTH), today=TODAY).digits == digits


@given(text=st.text())
@example("\0")
@example("44051401359\0")
@example("\ud800")
@example("४४०५१४०१३५९")
@example("44051401359\u202e")
@example("4405140135९")
@example("²2222222222")
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        pesel = parse_pesel(text)
    except NotAPeselError:
        return
    assert len(pesel.digits) == 11
    assert pesel.digits.isascii()
    assert pesel.digits.isdigit()


@given(text=st.text(alphabet="0123456789", min_size=11, max_size=11))
def test_eleven_digits_are_read_as_they_are_or_not_at_all(text: str) -> None:
    try:
        assert parse_pesel(text).digits == text
    except NotAPeselError as error:
        assert error.problem in {  # noqa: PT017 -- which of them is the next test's business
            PeselProblem.CHECK_DIGIT,
            PeselProblem.DATE,
            PeselProblem.CENTURY,
            PeselProblem.FUTURE,
        }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", PeselProblem.EMPTY),
        (" \n\t-", PeselProblem.EMPTY),
        ("4405140135A", PeselProblem.NOT_DIGITS),
        ("44051401359".translate(ARABIC_INDIC), PeselProblem.NOT_DIGITS),
        ("8,5E+10", PeselProblem.NOT_DIGITS),
        ("4405140135", PeselProblem.LENGTH),
        ("440514013590", PeselProblem.LENGTH),
        ("44051401358", PeselProblem.CHECK_DIGIT),
        ("02381307589", PeselProblem.DATE),
        ("80410100002", PeselProblem.CENTURY),
        ("89210100009", PeselProblem.FUTURE),
    ],
)
def test_the_reason_is_named(text: str, problem: PeselProblem) -> None:
    with pytest.raises(NotAPeselError) as caught:
        parse_pesel(text, today=TODAY)
    assert caught.value.problem is problem


@pytest.mark.parametrize("month", ["41", "52", "61", "72"])
def test_centuries_that_the_law_does_not_know(month: str) -> None:
    stem = f"80{month}010000"
    digits = stem + str(-sum(w * int(d) for w, d in zip((1, 3, 7, 9, 1, 3, 7, 9, 1, 3), stem, strict=True)) % 10)
    with pytest.raises(NotAPeselError) as caught:
        parse_pesel(digits, today=TODAY)
    assert caught.value.problem is PeselProblem.CENTURY


def test_a_swap_that_the_check_digit_misses() -> None:
    # Both are valid: the check digit alone does not show which of them was meant.
    assert parse_pesel("85050561341").digits == "85050561341"
    assert parse_pesel("85050516341").digits == "85050516341"


@pytest.mark.parametrize("moment", ["2026-11-21T23:30:00+00:00", "2026-11-22T22:30:00+00:00"])
def test_the_day_is_the_one_in_poland(moment: str) -> None:
    born_today = pesel_of(TODAY, 1)
    with time_machine.travel(moment, tick=False):
        assert parse_pesel(born_today).digits == born_today
        with pytest.raises(NotAPeselError) as caught:
            parse_pesel(pesel_of(TODAY + datetime.timedelta(days=1), 1))
    assert caught.value.problem is PeselProblem.FUTURE


def test_it_never_shows_itself() -> None:
    pesel = parse_pesel("44051401359")
    assert [repr(pesel), str(pesel), f"{pesel}", f"{[pesel]}"] == ["Pesel(…)"] * 3 + ["[Pesel(…)]"]
    assert pesel.masked == "•••••••1359"
    with pytest.raises(NotAPeselError) as caught:
        parse_pesel("44051401358")
    assert str(caught.value) == "check-digit"


def test_squeeze_leaves_what_is_no_separator() -> None:
    assert squeeze(" 440514-013 59\n") == "44051401359"
    assert squeeze("A\u200b1") == "A1"
    assert squeeze("A.\x001") == "A.\x001"

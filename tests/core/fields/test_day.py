import datetime
from argparse import ArgumentTypeError

import pytest

from egzaminator.core.fields.day import typed_day


@pytest.mark.parametrize("typed", ["22.11.2026", "2026-11-22", " 22.11.2026 "])
def test_a_day_is_typed_as_people_write_it(typed: str) -> None:
    assert typed_day(typed) == datetime.date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["", "jutro", "31.11.2026", "11/22/2026", "22 listopada 2026"])
def test_what_is_no_day_is_an_error_in_words(typed: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"Wpisz poprawną datę\.|To pole jest wymagane\."):
        typed_day(typed)

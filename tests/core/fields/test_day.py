import datetime
from argparse import ArgumentTypeError

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from egzaminator.core.fields.day import DayField, typed_day


@pytest.mark.parametrize("typed", ["22.11.2026", "2026-11-22", " 22.11.2026 "])
def test_a_day_is_typed_as_people_write_it(typed: str) -> None:
    assert typed_day(typed) == datetime.date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["", "jutro", "31.11.2026", "11/22/2026", "22 listopada 2026"])
def test_what_is_no_day_is_an_error_in_words(typed: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"Wpisz poprawną datę\.|To pole jest wymagane\."):
        typed_day(typed)


@pytest.mark.parametrize("text", ["31.03.2026", "1.03.2026", "2000-01-01", "2099-12-31"])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    with translation.override("pl"):
        assert isinstance(DayField().clean(text), datetime.date)


@pytest.mark.parametrize("text", ["wczoraj", "31.02.2026", "9999-12-31", "0001-01-01", "1999-12-31", "2100-01-01"])
def test_what_is_no_day_of_this_century_is_told_in_words(text: str) -> None:
    with translation.override("pl"), pytest.raises(ValidationError, match="Wpisz dzień w ten sposób"):
        DayField().clean(text)


def test_a_day_may_be_left_out_where_it_is_optional() -> None:
    assert DayField(required=False).clean("") is None

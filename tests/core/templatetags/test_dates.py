import datetime
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Template
from django.utils.translation import override

from egzaminator.core.templatetags.dates import letter_date

SOURCES = Path(settings.PACKAGE_DIR)
TEMPLATES = [path for path in SOURCES.rglob("templates/**/*") if path.suffix in {".html", ".txt"}]
# A format in Django's letters in a template, and one in Python's, or Django's own function, in code.
SPELLED = re.compile(r"""\|\s*(?:date|time)\s*:|\{%\s*now\b|\|\s*date\s*(?:\||%\}|\}\})""")
SPELLED_IN_CODE = re.compile(r"%d\.%m|%Y-%m|%H:%M|\bdate_format\(")
# Of what is typed, of security.txt, of a key that counts attempts in an hour, and the filters themselves.
OTHER_FORMATS = {
    "settings.py",
    "formats/en/formats.py",
    "web/well_known.py",
    "login/domain/log_in.py",
    "core/templatetags/dates.py",
}
DAY = datetime.date(2026, 11, 22)
MOMENT = datetime.datetime(2026, 11, 22, 9, 54, 30, 123456, tzinfo=datetime.UTC)


def shown(template: str, language: str = "pl", **context: object) -> str:
    with override(language):
        return Template("{% load dates %}" + template).render(Context(context))


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [
        ("pl", DAY, "niedziela, 22 listopada 2026"),
        ("pl", MOMENT, "niedziela, 22 listopada 2026, 10:54"),
        ("pl", datetime.date(2026, 4, 1), "środa, 1 kwietnia 2026"),
        ("en", DAY, "Sunday, 22 November 2026"),
        ("en", MOMENT, "Sunday, 22 November 2026, 10:54"),
        ("en", datetime.datetime(2026, 11, 22, 17, 5, tzinfo=datetime.UTC), "Sunday, 22 November 2026, 18:05"),
        ("pl", None, ""),
    ],
)
def test_prose_has_the_weekday_and_the_month_in_words(language: str, value: object, expected: str) -> None:
    assert shown("{{ value|prose_date }}", language, value=value) == expected


@pytest.mark.parametrize("language", ["pl", "en"])
def test_tables_have_figures_that_sort(language: str) -> None:
    assert shown("{{ value|table_date }}", language, value=DAY) == "2026-11-22"
    assert shown("{{ value|table_date }}", language, value=MOMENT) == "2026-11-22 10:54"
    assert shown("{{ value|table_date|default:'–' }}", language, value=None) == "–"
    assert shown("{{ value|time }}", language, value=MOMENT) == "10:54"


@pytest.mark.parametrize(
    ("utc", "prose", "table", "machine"),
    [
        pytest.param(
            "2026-11-22T22:59:59",
            "niedziela, 22 listopada 2026, 23:59",
            "2026-11-22 23:59",
            "2026-11-22T23:59:59+01:00",
            id="the last second of a day in winter",
        ),
        pytest.param(
            "2026-11-22T23:00:00",
            "poniedziałek, 23 listopada 2026, 00:00",
            "2026-11-23 00:00",
            "2026-11-23T00:00:00+01:00",
            id="midnight in winter",
        ),
        pytest.param(
            "2026-07-31T22:00:00",
            "sobota, 1 sierpnia 2026, 00:00",
            "2026-08-01 00:00",
            "2026-08-01T00:00:00+02:00",
            id="midnight in summer",
        ),
        pytest.param(
            "2026-03-29T00:59:00",
            "niedziela, 29 marca 2026, 01:59",
            "2026-03-29 01:59",
            "2026-03-29T01:59:00+01:00",
            id="before clocks go forward",
        ),
        pytest.param(
            "2026-03-29T01:00:00",
            "niedziela, 29 marca 2026, 03:00",
            "2026-03-29 03:00",
            "2026-03-29T03:00:00+02:00",
            id="after clocks went forward",
        ),
        pytest.param(
            "2026-10-25T00:30:00",
            "niedziela, 25 października 2026, 02:30",
            "2026-10-25 02:30",
            "2026-10-25T02:30:00+02:00",
            id="the hour that comes twice, first",
        ),
        pytest.param(
            "2026-10-25T01:30:00",
            "niedziela, 25 października 2026, 02:30",
            "2026-10-25 02:30",
            "2026-10-25T02:30:00+01:00",
            id="the hour that comes twice, again",
        ),
    ],
)
def test_moments_are_in_warsaw_time(utc: str, prose: str, table: str, machine: str) -> None:
    moment = datetime.datetime.fromisoformat(f"{utc}+00:00")
    assert shown("{{ value|prose_date }}", value=moment) == prose
    assert shown("{{ value|table_date }}", value=moment) == table
    assert shown("{{ value|machine_date }}", value=moment) == machine


def test_machines_get_no_fraction_of_a_second() -> None:
    assert shown("{{ value|machine_date }}", value=MOMENT) == "2026-11-22T10:54:30+01:00"
    assert shown("{{ value|machine_date }}", value=DAY) == "2026-11-22"
    assert shown("{{ value|machine_date }}", value=None) == ""


def test_a_letter_has_the_month_in_the_genitive_and_no_weekday() -> None:
    assert letter_date(DAY) == "22 listopada 2026"


@pytest.mark.parametrize(
    ("utc", "day"), [("2026-11-22T22:59:59Z", "2026-11-22"), ("2026-11-22T23:00:00Z", "2026-11-23")]
)
def test_today_changes_at_midnight_in_warsaw(utc: str, day: str) -> None:
    with time_machine.travel(utc, tick=False):
        assert shown("{% today as day %}{{ day|table_date }}") == day


def test_no_template_spells_a_format() -> None:
    assert len(TEMPLATES) > 100
    assert [path.relative_to(SOURCES).as_posix() for path in TEMPLATES if SPELLED.search(path.read_text())] == []


def test_no_code_spells_one_elsewhere() -> None:
    spelling = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if SPELLED_IN_CODE.search(path.read_text())
    }
    assert spelling == OTHER_FORMATS


@pytest.mark.parametrize(
    "spelled", ['{{ at|date:"Y-m-d" }}', "{{ at|date }}", '{% now "DATE_FORMAT" as day %}', "{{ at|time:'H:i' }}"]
)
def test_a_spelled_format_is_seen(spelled: str) -> None:
    assert SPELLED.search(spelled)

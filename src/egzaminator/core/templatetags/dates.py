"""The forms in which people read a day or a moment, and the one for machines.

What the forms look like is in `egzaminator/formats`. Moments are shown in the current time zone. For the time of day
alone there is Django's `time` filter, without a format. Every filter returns an empty string for no date.
"""

import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

register = template.Library()


@register.filter
def prose_date(moment: datetime.date | None) -> str:
    """Return the form for prose: "niedziela, 22 listopada 2026", and of a moment also ", 10:54".

    The weekday is in the nominative: no Polish preposition may stand before it.
    """
    text = _localised(moment, day="DATE_FORMAT", with_time="DATETIME_FORMAT")
    return text.lower() if get_language() == "pl" else text  # Django's Polish weekdays begin with a capital


def letter_date(day: datetime.date) -> str:
    """Return the form at the head of a letter, after the place: "22 listopada 2026"."""
    return date_format(day, "j E Y")


@register.filter
def table_date(moment: datetime.date | None) -> str:
    """Return the form for tables and lists: "2026-11-22", and of a moment also " 10:54"."""
    return _localised(moment, day="SHORT_DATE_FORMAT", with_time="SHORT_DATETIME_FORMAT")


@register.filter
def machine_date(moment: datetime.date | None) -> str:
    """Return the value of a `datetime` attribute: ISO 8601, of a moment to the second and with the UTC offset."""
    if isinstance(moment, datetime.datetime):
        return timezone.localtime(moment).isoformat(timespec="seconds")
    return moment.isoformat() if moment else ""


@register.simple_tag
def today() -> datetime.date:
    """Return the current day."""
    return timezone.localdate()


def _localised(moment: datetime.date | None, *, day: str, with_time: str) -> str:
    if isinstance(moment, datetime.datetime):
        return date_format(timezone.localtime(moment), with_time)
    return date_format(moment, day) if moment else ""

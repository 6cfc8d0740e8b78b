import re
from typing import Final

from egzaminator.register.problems import Problem

# Abbreviations of months that spreadsheets write in Polish and English.
_MONTH: Final = "(?:sty|lut|mar|kwi|maj|cze|lip|sie|wrz|pa[źz]|lis|gru|jan|feb|apr|may|jun|jul|aug|sep|oct|nov|dec)"
# Dates with slashes are allowed: boards number documents like "12/05/2011", and no spreadsheet writes a Polish date so.
_DATE: Final = re.compile(
    rf"""
      \d{{1,2}} [-.\ ] {_MONTH} (?: [-.\ ] \d{{2,4}} )?  # 01-lut, 1.sty.11
    | {_MONTH} [-.\ ] \d{{2,4}}                          # gru.11
    | \d{{4}}-\d\d-\d\d (?: \ \d\d:\d\d (?: :\d\d )? )?  # 2011-12-01
    | \d{{1,2}} \. \d{{1,2}} \. \d{{4}}                  # 01.12.2011
    | \d{{1,2}} : \d\d (?: :\d\d )?                      # 12:05
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_ROUNDED: Final = re.compile(r"\d+(?:[.,]\d+)?e\+\d+", re.ASCII | re.IGNORECASE)


def find_spoiled(text: str) -> Problem | None:
    """Return how a spreadsheet damaged a text of digits and signs, or None if it did not.

    Takes the text without surrounding spaces.
    """
    if _DATE.fullmatch(text):
        return Problem.TURNED_INTO_DATE
    if _ROUNDED.fullmatch(text):
        return Problem.ROUNDED
    return None

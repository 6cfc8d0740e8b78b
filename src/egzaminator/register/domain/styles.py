"""A workbook's styles, as far as numbers need them: which styles show dates, durations or leading zeros.

The library builds objects of every font, border and style, some hundred times the size of the file. It also parses the
same number format again for every style that uses it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from egzaminator.register.domain.number_formats import Pattern, digit_pattern, number_format
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

# Excel's own limits: cell styles, and characters of a format code.
_MOST_STYLES: Final = 65_490
_LONGEST_CODE: Final = 255
_DEEPEST: Final = 20
_FORMAT: Final = f"{{{SHEET_MAIN_NS}}}numFmts", f"{{{SHEET_MAIN_NS}}}numFmt"
_STYLE: Final = f"{{{SHEET_MAIN_NS}}}cellXfs", f"{{{SHEET_MAIN_NS}}}xf"


@dataclass
class Styles:
    """A workbook's number formats: its own formats by index, and the format index of each cell style."""

    own: dict[int, str] = field(default_factory=dict)
    indices: list[int] = field(default_factory=list)

    @cached_property
    def dates(self) -> set[int]:
        """The cell styles that show a number as a date or a time."""
        return self._shown_as(is_date_format)

    @cached_property
    def lengths_of_time(self) -> set[int]:
        """The cell styles that show a number as a duration."""
        return self._shown_as(is_timedelta_format)

    def pattern(self, style: int) -> Pattern | None:
        """Return how cells of a style show whole numbers, or None if they show plain digits."""
        if not 0 <= style < len(self.indices):
            return None
        return digit_pattern(number_format(self.indices[style], self.own))

    def _shown_as(self, is_meant: Callable[[str], bool]) -> set[int]:
        # Each format is examined only once, however many styles use it.
        meant = {index for index in set(self.indices) if is_meant(number_format(index, self.own))}
        return {style for style, index in enumerate(self.indices) if index in meant}


def read_styles(source: Any) -> Styles:
    """Return the number formats from a workbook's styles part, and keep nothing else of it.

    Raise `UnreadableFileError` if there are more cell styles than Excel allows, and `ValueError` or `KeyError` if the
    part is damaged.
    """
    styles = Styles()
    above: list[Element] = []
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            above.append(element)
            if len(above) > _DEEPEST:
                raise ValueError
            continue
        above.pop()
        path = (*(outer.tag for outer in above[1:]), element.tag)
        if path == _FORMAT:
            styles.own[int(element.attrib["numFmtId"])] = _code(element)
        elif path == _STYLE:
            if len(styles.indices) == _MOST_STYLES:
                raise UnreadableFileError(FileProblem.MANY_STYLES)
            styles.indices.append(int(element.get("numFmtId", 0)))
        if above:
            del above[-1][:]
    return styles


def _code(element: Element) -> str:
    code = element.attrib["formatCode"]
    if len(code) > _LONGEST_CODE:
        raise ValueError
    return code

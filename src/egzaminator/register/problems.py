"""What can be wrong with a register file, in words for whoever prepared it: the reason, then the cure."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.register.columns import Column

AS_TEXT = _("Format the whole column as text, then type the value as it stands in the documents.")
CHECK_PESEL = _("Compare it with the person's documents.")


class _Worded(Enum):
    """Members that carry texts. Their values are numbers: an Enum hashes its values, which translates lazy texts."""

    def __new__(cls, *_texts: Promise) -> Self:
        member = object.__new__(cls)
        member._value_ = len(cls.__members__) + 1
        return member


class FileProblem(_Worded):
    """Why a file cannot be read as a register file at all."""

    def __init__(self, sentence: Promise) -> None:
        self.sentence = sentence

    EMPTY = _("The file is empty.")
    OLD_WORKBOOK = _(
        "The file is an old Excel workbook (.xls) or one locked with a password. Save it as an Excel workbook (.xlsx) "
        "without a password, or as CSV UTF-8."
    )
    PDF = _("The file is a PDF document. Ask for the spreadsheet it was made of, and save that as .xlsx or CSV UTF-8.")
    UTF_16 = _("The file is a text in UTF-16 (“Unicode text”). Save it as CSV UTF-8 or as an Excel workbook (.xlsx).")
    NOT_TEXT = _("The file is neither CSV nor an Excel workbook (.xlsx).")
    NOT_A_WORKBOOK = _("The file is a packed archive, but not an Excel workbook (.xlsx).")
    DAMAGED_WORKBOOK = _("The Excel workbook is damaged. Open it in the spreadsheet program and save it again.")
    HUGE_WORKBOOK = _("The Excel workbook is far too large when unpacked. Save the sheet as CSV UTF-8.")
    LONG_LINE = _("The file has a line so long that it cannot be a row. Save it again as CSV UTF-8.")
    MIXED_ENCODING = _(
        "Polish letters are stored in two different ways in the file. Open it in the spreadsheet program, correct the "
        "letters and save it as CSV UTF-8."
    )
    ENCODING = _("The file is neither in UTF-8 nor in Windows-1250. Save it as CSV UTF-8.")
    QUOTES = _("Quotation marks do not pair up from this line on. Save the file again from the spreadsheet program.")


class Problem(_Worded):
    """Why a row is bad, and what helps."""

    def __init__(self, reason: Promise, cure: Promise) -> None:
        self.reason = reason
        self.cure = cure

    TOO_MANY_CELLS = (
        _("The row has more cells than there are column names."),
        _("Give every column a name. If a text holds the separator, put the text in quotation marks."),
    )
    EMPTY = _("The cell is empty."), _("Fill it in.")
    TOO_LONG = (
        _("The text is longer than %(limit)d characters."),
        _("Check that it is in the right column; shorten it."),
    )
    INVISIBLE = _("The text holds invisible characters."), _("Type it by hand instead of pasting it.")
    TURNED_INTO_DATE = _("The spreadsheet turned the value into a date or a time."), AS_TEXT
    ROUNDED = _("The spreadsheet shortened the number to a form such as 8,5E+10, and its digits are lost."), AS_TEXT
    SPREADSHEET_ERROR = (
        _("The spreadsheet shows an error or # signs instead of the value."),
        _("Correct the formula or widen the column, then save the file again."),
    )

    PESEL_LOST_ZERO = _("The spreadsheet dropped the zero that the PESEL begins with."), AS_TEXT
    PESEL_NOT_DIGITS = _("A PESEL is made of digits only."), CHECK_PESEL
    PESEL_LENGTH = (
        _("A PESEL has 11 digits; this one has %(length)d."),
        _("Compare it with the person's documents. If it begins with 0, format the column as text and type it again."),
    )
    PESEL_CHECK_DIGIT = _("The PESEL is mistyped: its last digit does not fit the others."), CHECK_PESEL
    PESEL_DATE = _("The PESEL holds a date of birth that does not exist."), CHECK_PESEL
    PESEL_FUTURE = _("The PESEL holds a date of birth in the future."), CHECK_PESEL
    NOBODY = (
        _("Neither a PESEL nor an identifier is given."),
        _("Fill in the PESEL, or the identifier that the board gave to a person without one."),
    )
    PESEL_AND_IDENTIFIER = (
        _("Both a PESEL and an identifier are given."),
        _("Keep the PESEL; an identifier is for people without one."),
    )
    IDENTIFIER_WITHOUT_LETTER = (
        _("The identifier holds no letter, so it could be mistaken for a PESEL."),
        _("Use an identifier with a letter; a PESEL belongs in the column pesel."),
    )
    NOT_A_NAME = (
        _("A name holds only letters, spaces, hyphens and apostrophes."),
        _("Correct it. If Polish letters look wrong in the file, save it as CSV UTF-8."),
    )
    NUMBER_WITHOUT_CONTENT = (
        _("A registration number holds a letter or a digit."),
        _("Type the number as it stands in the decision."),
    )
    NOT_A_DATE = _("This is not a date as we read it."), _("Write it as 2026-11-22 or 22.11.2026.")
    NO_SUCH_DAY = _("There is no such day in the calendar."), _("Check the day and the month.")
    DATE_AS_NUMBER = (
        _("The spreadsheet shows the date as a number of days."),
        _("Format the column as a date, then save the file again."),
    )
    NOT_A_KIND = (
        _("The kind of a decision is “wpis” or “skreślenie”."),
        _("Write one of these; an empty cell means “wpis”."),
    )
    NOT_AN_EMAIL = _("This is not an e-mail address."), _("Correct it or leave the cell empty.")

    NAMES_DIFFER = (
        _("Line %(line)d gives the same person another name."),
        _("Check whose PESEL or identifier this is; write the present name in all rows of one person."),
    )
    NUMBER_OF_ANOTHER_IN_FILE = (
        _("Line %(line)d gives the same registration number to another person."),
        _("Check in the decision whose number it is."),
    )
    NUMBER_OF_ANOTHER_IN_REGISTER = (
        _("In the register this number belongs to another person."),
        _("Check in the decision whose number it is, and the PESEL or identifier in this row."),
    )
    SCOPE_DIFFERS = (
        _("Line %(line)d gives the same registration number another scope."),
        _("Check the scope in the decision; write the same scope in all rows of one number."),
    )
    DECISION_DATE_DIFFERS = (
        _("Line %(line)d gives the same decision another date."),
        _("Check the date of the decision; write the same date in both rows."),
    )


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one cell of a register file. It never holds the cell's content, which is personal data."""

    line: int
    """The line of a CSV file on which the row begins, or the row's number in a sheet; the first is 1."""
    column: Column | None
    """None: the row as a whole."""
    problem: Problem
    detail: int = 0
    """The other line, the limit or the length that the reason speaks of."""

    @property
    def reason(self) -> str:
        """What is wrong, in the active language."""
        return str(self.problem.reason) % {"line": self.detail, "limit": self.detail, "length": self.detail}

    @property
    def cure(self) -> str:
        """What to do about it, in the active language."""
        return str(self.problem.cure)

"""The problems of a register file, worded for the person who prepared it: first the reason, then the remedy."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.register.columns import Column

AS_TEXT = _("Format the whole column as text, then type the value as it stands in the documents.")
CHECK_PESEL = _("Compare it with the person's documents.")


class _Worded(Enum):
    """An enum of members that carry texts.

    The values are numbers: an `Enum` hashes its values, and hashing would translate lazy texts.
    """

    def __new__(cls, *_texts: Promise) -> Self:
        member = object.__new__(cls)
        member._value_ = len(cls.__members__) + 1
        return member


class FileProblem(_Worded):
    """The reasons why a file cannot be read as a register file at all."""

    def __init__(self, sentence: Promise) -> None:
        self.sentence = sentence

    EMPTY = _("The file is empty.")
    OLD_WORKBOOK = _(
        "The file is an old Excel workbook (.xls). Open it in the spreadsheet program and save it as an Excel workbook "
        "(.xlsx)."
    )
    LOCKED_WORKBOOK = _(
        "The Excel workbook is locked with a password. Open it, take the password off and save it as an Excel workbook "
        "(.xlsx)."
    )
    BINARY_WORKBOOK = _(
        "The file is a binary Excel workbook (.xlsb). Open it in Excel and save it as an Excel workbook (.xlsx)."
    )
    XML_WORKBOOK = _(
        "The file is an “XML Spreadsheet 2003” of Excel. Open it in the spreadsheet program and save it as an Excel "
        "workbook (.xlsx)."
    )
    OPEN_DOCUMENT = _(
        "The file is an OpenDocument spreadsheet (.ods). Open it in the spreadsheet program and save it as an Excel "
        "workbook (.xlsx) or as CSV UTF-8."
    )
    NUMBERS = _("The file is a spreadsheet of Numbers. Export it from that program as an Excel workbook (.xlsx).")
    WEB_PAGE = _(
        "The file is a web page, even if its name ends with .xls. Open it in the spreadsheet program and save it as an "
        "Excel workbook (.xlsx)."
    )
    DOCUMENT = _(
        "The file is a text document or a presentation, not a spreadsheet. Copy the table into a spreadsheet and save "
        "that as an Excel workbook (.xlsx)."
    )
    PACKED = _("The file is a packed archive. Unpack it and give the spreadsheet that is in it.")
    PDF = _("The file is a PDF document. Ask for the spreadsheet it was made of, and save that as .xlsx or CSV UTF-8.")
    UTF_16 = _("The file is a text in UTF-16 (“Unicode text”). Save it as CSV UTF-8 or as an Excel workbook (.xlsx).")
    NOT_TEXT = _("The file is neither CSV nor an Excel workbook (.xlsx). Save it as one of these.")
    NOT_A_WORKBOOK = _(
        "The file is a packed archive, but not an Excel workbook (.xlsx). Give the spreadsheet itself, saved as .xlsx."
    )
    DAMAGED_WORKBOOK = _("The Excel workbook is damaged. Open it in the spreadsheet program and save it again.")
    HUGE_WORKBOOK = _("The Excel workbook is far too large when unpacked. Save the sheet as CSV UTF-8.")
    MANY_STYLES = _("The Excel workbook has too many cell styles. Save the sheet as CSV UTF-8.")
    SEVERAL_SHEETS = _(
        "Several sheets hold a register: %(sheets)s. Leave one of them in the file or hide the others, and read the "
        "others in from files of their own."
    )
    HIDDEN_SHEET = _(
        "The columns of a register stand only in a hidden sheet: %(sheets)s. Hidden sheets are not read; unhide it if "
        "it is the right one."
    )
    EMPTY_SHEETS = _(
        "These sheets are empty: %(sheets)s. Put the register into one of them; hidden sheets are not read."
    )
    MANY_COLUMNS = _(
        "A row has more than 256 cells. Delete what stands right of the register, and save the file again."
    )
    MANY_ROWS = _("The file has more than 100,000 rows. Divide it into several files and read them in one by one.")
    SEPARATOR = _(
        "The columns are separated by a sign that we do not read. Save the file as CSV UTF-8 with semicolons, or as an "
        "Excel workbook (.xlsx)."
    )
    LONG_LINE = _("The file has a line so long that it cannot be a row. Save it again as CSV UTF-8.")
    MIXED_ENCODING = _(
        "Polish letters are stored in two different ways in the file. Open it in the spreadsheet program, correct the "
        "letters and save it as CSV UTF-8."
    )
    ENCODING = _(
        "It is not certain how the file stores Polish letters. Save it as CSV UTF-8 or as an Excel workbook (.xlsx)."
    )
    QUOTES = _("Quotation marks do not pair up from this line on. Save the file again from the spreadsheet program.")


class Problem(_Worded):
    """The reasons why a row is invalid, each with its remedy."""

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
    FORMULA = (
        _("The cell holds a formula without its result."),
        _("Open the file in the spreadsheet program, and save it again or put values in place of the formulas."),
    )
    TRUE_OR_FALSE = _("The spreadsheet turned the value into TRUE or FALSE."), AS_TEXT
    LETTERS_LOST = (
        _("Letters were lost when the file was saved: “�” stands for each."),
        _("Save the file once more from the original, as CSV UTF-8 or as an Excel workbook (.xlsx)."),
    )
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
    NO_NAME_GIVEN = (
        _("The name is empty."),
        _("Fill it in. Where a person's documents give one name alone, write “-” for the other."),
    )
    NAMELESS = (
        _("Neither the first names nor the surname are given."),
        _("Write at least one of them; “-” stands for the one that a person does not have."),
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
    NOT_A_POSTAL_CODE = (
        _("This is not a Polish postal code."),
        _("Write it with five digits, such as 61-655, or leave the whole address empty."),
    )
    ADDRESS_INCOMPLETE = (
        _("The address is not whole: it needs a house number, a postal code and a town or village."),
        _("Fill the cell in, or leave the whole address empty."),
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
    CORRECTED_SINCE = (
        _("In the register this was corrected by hand to another one."),
        _("Write the present one. If it truly is somebody else's, add that person in the panel."),
    )
    OWN = (
        _("The row is about you, or about somebody with your name or your e-mail address."),
        _("Nobody changes their own record: ask a colleague to read this file in, or leave the row out."),
    )
    SCOPE_DIFFERS = (
        _("Line %(line)d gives the same registration number another scope."),
        _("Check the scope in the decision; write the same scope in all rows of one number."),
    )
    DECISION_DATE_DIFFERS = (
        _("Line %(line)d gives the same decision another date."),
        _("Check the date of the decision; write the same date in both rows."),
    )


def location_of(*, line: int, sheet: str = "", heading: str = "") -> str:
    """Return the sheet, line and column in a file, in the active language; "": there is no such part."""
    names = {"sheet": sheet, "line": line, "column": heading}
    if not heading:
        return (gettext("Sheet “%(sheet)s”, line %(line)d") if sheet else gettext("Line %(line)d")) % names
    if sheet:
        return gettext("Sheet “%(sheet)s”, line %(line)d, column %(column)s") % names
    return gettext("Line %(line)d, column %(column)s") % names


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem in one cell of a register file. It never holds the cell's content, which is personal data."""

    line: int
    """The number of the line (CSV) or sheet row on which the row begins, counted from 1."""
    column: Column | None
    """The cell's column. None: the problem is of the row as a whole."""
    problem: Problem
    detail: int = 0
    """The number in the reason: of the other line, of characters permitted, or of digits found."""
    sheet: str = ""
    """The name of the sheet; "" for a file without sheets."""
    heading: str = ""
    """The column's heading in the file, if it is spelled differently from the column's own name."""

    @property
    def location(self) -> str:
        """Sheet, line and column, in the active language."""
        return location_of(line=self.line, sheet=self.sheet, heading=self.heading or self.column or "")

    @property
    def reason(self) -> str:
        """The reason, in the active language."""
        return str(self.problem.reason) % {"line": self.detail, "limit": self.detail, "length": self.detail}

    @property
    def cure(self) -> str:
        """The remedy, in the active language."""
        return str(self.problem.cure)

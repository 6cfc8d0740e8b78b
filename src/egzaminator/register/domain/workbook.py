"""XLSX workbooks as sheets of rows, read as a stream and within limits that no real workbook reaches.

The library reads only the frame: which sheets there are, and which parts hold them. The parts that can be large
(sheets, styles and shared strings) are read here, because the library keeps every element in memory, fills the gaps
between cells and loses the number formats.
"""

import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Self
from xml.etree.ElementTree import Element

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from egzaminator.register.domain.number_formats import show
from egzaminator.register.domain.rows import MOST_COLUMNS, Cell, Row
from egzaminator.register.domain.styles import Styles, read_styles
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem, Problem

_MOST_ROWS: Final = 1_048_576  # of an Excel sheet
# The most XML elements between two rows or two shared strings. A row of 16,384 cells with formulas and values has half
# as many.
_MOST_ELEMENTS: Final = 100_000
_LONGEST_TEXT_BYTES: Final = 1024 * 1024
# The frame of a workbook becomes objects in memory, some 400 times its size.
_MOST_FRAME_BYTES: Final = 2 * 1024 * 1024
# Styles multiply when sheets are copied between workbooks. As many as Excel allows take some 6 MB.
_MOST_STYLES_BYTES: Final = 8 * 1024 * 1024
_MOST_SHARED_BYTES: Final = 128 * 1024 * 1024
_MOST_SHARED_TEXTS: Final = 2_000_000
# The XML of real sheets is compressed 10 to 30 times; a zip bomb, about 1,000 times.
_MOST_SHRUNK: Final = 200
_SMALL_BYTES: Final = 1024 * 1024
# Spreadsheets keep 15 digits of a number and replace the rest by zeros.
_TOO_LONG_A_NUMBER: Final = 10**15
# Other kinds of archive that people send as a register, by the name of a part or folder in them.
_OTHERS: Final = {
    "workbook.bin": FileProblem.BINARY_WORKBOOK,
    "mimetype": FileProblem.OPEN_DOCUMENT,
    "Document.iwa": FileProblem.NUMBERS,
    "word": FileProblem.DOCUMENT,
    "ppt": FileProblem.DOCUMENT,
}
_PACKED: Final = (".xlsx", ".xls", ".csv", ".ods", ".txt")
_ROW: Final = f"{{{SHEET_MAIN_NS}}}row"
_SHEET_DATA: Final = f"{{{SHEET_MAIN_NS}}}sheetData"
_SHARED_TEXT: Final = f"{{{SHEET_MAIN_NS}}}si"
_FORMULA: Final = f"{{{SHEET_MAIN_NS}}}f"
# "Strict Open XML" (ISO/IEC 29500, part 1) differs from the usual "transitional" form (part 4) in its namespaces.
_STRICT: Final = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": SHEET_MAIN_NS.encode(),
    b"http://purl.oclc.org/ooxml/": b"http://schemas.openxmlformats.org/",
    b"http://schemas.openxmlformats.org/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
    b"http://schemas.openxmlformats.org/drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: one with cells, not a chart."""

    name: str
    is_visible: bool
    part: str
    _reader: "_Reader"

    def rows(self) -> Iterator[Row]:
        """Yield the non-empty rows, each up to its last non-empty cell.

        Raise `UnreadableFileError` if a row is too wide.
        """
        parser = _SheetParser(self._reader, self.part)
        for line, cells in parser.rows():
            if line > _MOST_ROWS:
                return
            row: list[Cell] = []
            for cell in cells:
                value = cell["value"]
                if value == "" or (isinstance(value, str) and not value.strip()):
                    continue
                index = cell["column"]
                if index > MOST_COLUMNS:
                    raise UnreadableFileError(FileProblem.MANY_COLUMNS, line=line, sheets=[self.name])
                row += [""] * (index - len(row))
                row[index - 1] = value
            if row:
                yield line, row


def open_workbook(file: BinaryIO) -> list[Sheet]:
    """Return the sheets of a workbook in their order, after reading its frame only.

    Raise `UnreadableFileError`, or any exception of the library if the workbook is damaged.
    """
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    if problem := _what_else(names):
        raise UnreadableFileError(problem)
    reader = _Reader(file)
    reader.read()
    return reader.sheets


def _what_else(names: Sequence[str]) -> FileProblem | None:
    """Return the problem of an archive that is not a workbook, judged by its parts, or None for a workbook."""
    for ending, problem in _OTHERS.items():
        if any(name == ending or name.endswith("/" + ending) or name.startswith(ending + "/") for name in names):
            return problem
    if ARC_CONTENT_TYPES in names:
        return None
    is_packed = any(name.lower().endswith(_PACKED) for name in names)
    return FileProblem.PACKED if is_packed else FileProblem.NOT_A_WORKBOOK


class _Part:
    """A part of a workbook, as the file object that the library expects.

    The longest tag or text in it is bounded, to protect memory. The namespaces of strict Open XML are replaced by the
    usual ones.
    """

    def __init__(self, source: Any) -> None:
        self._source = source
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while True:
            some: bytes = self._source.read(size)
            content: bytes = self._rest + some
            # Cut after a tag: a namespace never continues beyond the end of its tag.
            end = content.rfind(b">") + 1 if some and size >= 0 else len(content)
            self._rest = content[end:]
            if len(self._rest) > _LONGEST_TEXT_BYTES:
                raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
            if end or not some:
                break
        content = content[:end]
        if b"purl.oclc.org" in content:
            for strict, usual in _STRICT.items():
                content = content.replace(strict, usual)
        return content

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class _Archive(zipfile.ZipFile):
    """The ZIP archive of a workbook. It limits, before unpacking, what the library will hold in memory."""

    def open(self, name: Any, *_args: Any, **_kwargs: Any) -> Any:
        part = self.getinfo(name)
        if part.file_size > _SMALL_BYTES and part.file_size > _MOST_SHRUNK * part.compress_size:
            raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
        return _Part(super().open(part))

    def read(self, name: Any, *_args: Any) -> bytes:
        self.require_at_most(_MOST_FRAME_BYTES, name)
        return super().read(name)

    def require_at_most(self, limit: int, name: str, problem: FileProblem = FileProblem.HUGE_WORKBOOK) -> None:
        if self.getinfo(name).file_size > limit:
            raise UnreadableFileError(problem)


class _Reader(ExcelReader):
    """The library's reader, limited to what a register needs.

    Sheets, styles and shared strings are read by our own code, in a stream and within limits.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.archive: _Archive = _Archive(file)
        self.sheets: list[Sheet] = []
        self.styles = Styles()

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        self.read_styles()
        self.read_worksheets()

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return
        name = part.PartName[1:]
        self.archive.require_at_most(_MOST_SHARED_BYTES, name)
        with self.archive.open(name) as source:
            for element in _elements(source, _SHARED_TEXT):
                if len(self.shared_strings) == _MOST_SHARED_TEXTS:
                    raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
                self.shared_strings.append(_text(element))

    def read_styles(self) -> None:
        if ARC_STYLE not in self.valid_files:
            return
        with self.archive.open(ARC_STYLE) as source:
            self.archive.require_at_most(_MOST_STYLES_BYTES, ARC_STYLE, FileProblem.MANY_STYLES)
            self.styles = read_styles(source)

    def read_worksheets(self) -> None:
        for sheet, relation in self.parser.find_sheets():
            if "chartsheet" not in relation.Type and relation.target in self.valid_files:
                self.sheets.append(Sheet(sheet.name, sheet.state == "visible", relation.target, self))


class _SheetParser(WorkSheetParser):
    """The library's cell parser, in a loop that keeps nothing in memory, with more information about each cell."""

    def __init__(self, reader: _Reader, part: str) -> None:
        self._reader = reader
        self._part = part
        wb: Any = reader.wb
        super().__init__(
            io.BytesIO(),  # the library must not read the sheet itself
            reader.shared_strings,
            data_only=True,
            epoch=wb.epoch,
            date_formats=reader.styles.dates,
            timedelta_formats=reader.styles.lengths_of_time,
        )

    def rows(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Yield the number of each row and its cells, whatever the order and number of the rows."""
        with self._reader.archive.open(self._part) as source:
            for count, element in enumerate(_elements(source, _ROW, until=_SHEET_DATA)):
                if count == _MOST_ROWS:
                    raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
                row: Any = element
                yield self.parse_row(row)
                self.row_dimensions.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return one cell as the library does, with our own `value`."""
        cell: dict[str, Any] = super().parse_cell(element)
        cell["value"] = self._value(element, cell)
        return cell

    def _value(self, element: Any, cell: dict[str, Any]) -> Cell:
        value = cell["value"]
        if value is None:
            # An empty text is a valid result of a formula. Any other formula without a value was never computed.
            is_unknown = element.find(_FORMULA) is not None and element.get("t") != "str"
            return Problem.FORMULA if is_unknown else ""
        if cell["data_type"] == "e":
            return Problem.SPREADSHEET_ERROR
        if isinstance(value, bool):
            return Problem.TRUE_OR_FALSE
        if isinstance(value, int | float):
            return self._number(value, cell["style_id"])
        shown: Cell = value.date() if isinstance(value, datetime.datetime) else value
        return shown

    def _number(self, value: float, style: int) -> Cell:
        if value != int(value):
            return str(value)
        number = int(value)
        if abs(number) >= _TOO_LONG_A_NUMBER:
            return Problem.ROUNDED
        pattern = self._reader.styles.pattern(style) if number >= 0 else None
        return show(number, pattern) if pattern else str(number)


def _text(element: Any) -> str:
    text: Any = Text.from_tree(element)
    return str(text.content).replace("x005F_", "")


def _elements(source: Any, tag: str, *, until: str | None = None) -> Iterator[Element]:
    """Yield the elements with a tag one by one, and keep none of them in memory.

    Stop at the end of an element with the tag `until`.
    """
    inside = 0
    above: list[Element] = []
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            above.append(element)
            inside += 1
            if inside > _MOST_ELEMENTS:
                raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)
            continue
        above.pop()
        if element.tag == tag:
            yield element
            inside = 0
            if above:
                del above[-1][:]
        elif element.tag == until:
            return

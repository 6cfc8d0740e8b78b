"""Workbooks of any size, written while they are sent or stored: no part of them is ever in memory or in a file."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from egzaminator.core.csv_files import neutralise

_SHEET: Final = "xl/worksheets/sheet1.xml"
_END_OF_ROWS: Final = b"</sheetData>"
_AS_TEXT: Final = "@"  # the number format; zeros at the beginning survive typing into the cell
_COLUMN_WIDTH: Final = 22
_HEADING_ROW: Final = 1


def xlsx_pieces(*, title: str, heading: Sequence[str], batches: Iterable[Iterable[Iterable[str]]]) -> Iterator[bytes]:
    """Yield the bytes of a workbook with one sheet of text: some for each batch of rows below the heading.

    openpyxl writes the frame, with the heading. Its rows, like those of the other libraries, would go through a
    temporary file on the disk, in clear, which a killed process leaves behind; here they go straight into the archive.
    """
    sink = _Sink()
    frame, style = _frame(title, heading)
    letters = [get_column_letter(column) for column in range(1, len(heading) + 1)]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it closes no stream that it did not open
        for name in frame.namelist():
            if name != _SHEET:
                archive.writestr(name, frame.read(name))
        beginning, end, ending = frame.read(_SHEET).partition(_END_OF_ROWS)
        number = _HEADING_ROW
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(beginning)
            for rows in batches:
                xml = []
                for row in rows:
                    number += 1
                    cells = zip(letters, row, strict=True)
                    xml.append(
                        f'<row r="{number}">{"".join(_cell(f"{at}{number}", text, style) for at, text in cells)}'
                    )
                    xml.append("</row>")
                sheet.write("".join(xml).encode())
                yield sink.taken()
            sheet.write(end + ending)
    yield sink.taken()


class _Sink:
    """The end of a pipe that `ZipFile` writes to: what was written is taken away, and nobody can go back."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, content: bytes, /) -> int:
        self._written += content
        return len(content)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def taken(self) -> bytes:
        content = bytes(self._written)
        self._written.clear()
        return content


def _cell(reference: str, text: str, style: int) -> str:
    clean = escape(ILLEGAL_CHARACTERS_RE.sub("", neutralise(text)))
    return (
        f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>' if text else ""
    )


def _frame(title: str, heading: Sequence[str]) -> tuple[zipfile.ZipFile, int]:
    """Return a workbook with the heading alone, and the number of the style of text in it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"A{_HEADING_ROW + 1}"
    for column in range(1, len(heading) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _COLUMN_WIDTH
    cells = [WriteOnlyCell(sheet, value=name) for name in heading]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    text = WriteOnlyCell(sheet)
    text.number_format = _AS_TEXT
    style: int = text.style_id  # enters the style into the workbook, so before it is saved
    file = io.BytesIO()
    book.save(file)
    return zipfile.ZipFile(file), style

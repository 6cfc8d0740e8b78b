"""PDF files for tests: plain ones, and such as should not reach anybody."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

SECRET = "Kowalski"  # in the metadata
SCRIPT = "alertread"
INSIDE = b"MZ a program"


def pdf(change: Callable[[PdfWriter], object] = lambda _writer: None, *, title: str = "Program szkolenia") -> bytes:
    """Return a PDF of one page, changed."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": title, "/Author": SECRET})
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def dictionary(values: Mapping[str, Any]) -> DictionaryObject:
    """Return a dictionary of a PDF: what begins with a slash is a name."""
    return DictionaryObject({NameObject(name): _value(value) for name, value in values.items()})


def _value(value: Any) -> Any:
    match value:
        case dict():
            return dictionary(value)
        case list():
            return ArrayObject([_value(one) for one in value])
        case str() if value.startswith("/"):
            return NameObject(value)
        case str():
            return TextStringObject(value)
        case int():
            return NumberObject(value)
    return value


def link(action: Mapping[str, Any]) -> Callable[[PdfWriter], object]:
    """Return the change that puts a link with an action on the page."""

    def change(writer: PdfWriter) -> None:
        add_note({"/Type": "/Annot", "/Subtype": "/Link", "/Rect": [0, 0, 9, 9], "/A": dict(action)})(writer)

    return change


def add_note(note: Mapping[str, Any]) -> Callable[[PdfWriter], object]:
    """Return the change that puts an annotation on the page."""

    def change(writer: PdfWriter) -> None:
        page = writer.pages[0]
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(dictionary(note))])  # noqa: SLF001 -- the public ways refuse what is wrong

    return change


def in_root(values: Mapping[str, Any]) -> Callable[[PdfWriter], object]:
    """Return the change that puts something into the catalogue of a file."""
    return lambda writer: writer.root_object.update(dictionary(values))


def locked() -> bytes:
    """Return a PDF that opens with a password."""
    return pdf(lambda writer: writer.encrypt("hasło", algorithm="RC4-128"))


def signed() -> bytes:
    """Return a PDF that says it has a signature."""
    return pdf(in_root({"/AcroForm": {"/SigFlags": 3, "/Fields": []}}))

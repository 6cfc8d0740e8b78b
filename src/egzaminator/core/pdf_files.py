"""PDF files that people send: written anew without metadata, and without what acts on whoever opens them."""

import io
import struct
import zlib
from collections.abc import Iterator
from enum import Enum
from typing import IO, Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

# Enough for documents written by hand. A larger book can be sent in parts.
_MOST_OBJECTS: Final = 200_000
_PRIVATE: Final = ("/Metadata", "/PieceInfo", "/LastModified")
# What runs without being asked, scripts, files inside the file, and forms that send themselves (ISO 32000-2, 12.6).
_ACTIVE: Final = (
    *("/OpenAction", "/AA", "/JS", "/JavaScript", "/XFA", "/Requirements"),
    *("/EmbeddedFiles", "/EF", "/RF", "/AF", "/Collection", "/Renditions", "/AlternatePresentations"),
)
_HARMLESS_ACTIONS: Final = ("/GoTo", "/Named")
_PROTOCOLS: Final = ("https://", "http://", "mailto:")
_ACTIVE_NOTES: Final = ("/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia")
# pypdf lets nearly anything through that Python raises for a broken file.
_BROKEN: Final = (
    *(PyPdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, ArithmeticError, AssertionError),
    *(OSError, zlib.error, struct.error),
)


class PdfFault(Enum):
    """Why a file is not taken. Each place that takes files has words of its own for them."""

    DAMAGED = "damaged"  # or no PDF at all
    LOCKED = "locked"  # with a password
    SIGNED = "signed"  # a change would break the signature
    TOO_MUCH = "too-much"


class PdfError(Exception):
    """The file is not taken."""

    def __init__(self, fault: PdfFault) -> None:
        super().__init__(fault)
        self.fault = fault


def clean_pdf(file: IO[bytes], *, keep_active: bool = False) -> bytes:
    """Return a PDF with no metadata but its title, and with no object that nothing on its pages leads to.

    Unless `keep_active`, it has no scripts, no files in it, no links but those to web and e-mail addresses, and nothing
    that starts by itself or sends what is typed. What it is, is told by its content. Raise `PdfError`.
    """
    file.seek(0)
    try:
        return _cleaned(PdfReader(file), keep_active=keep_active)
    except _BROKEN as error:
        raise PdfError(PdfFault.DAMAGED) from error


def _cleaned(reader: PdfReader, *, keep_active: bool) -> bytes:
    if reader.is_encrypted:
        raise PdfError(PdfFault.LOCKED)
    if int(reader.trailer.get("/Size", 0)) > _MOST_OBJECTS:
        raise PdfError(PdfFault.TOO_MUCH)
    if _is_signed(reader):
        raise PdfError(PdfFault.SIGNED)
    if not reader.pages:
        raise PdfError(PdfFault.DAMAGED)
    title = reader.metadata.title if reader.metadata else None
    writer = PdfWriter(clone_from=reader)
    for thing in _dictionaries(writer):
        for name in _PRIVATE:
            thing.pop(name, None)
        if not keep_active:
            _make_harmless(thing)
    writer.metadata = {"/Title": title} if title else None
    writer.compress_identical_objects(remove_duplicates=False)  # drops unreferenced objects
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _is_signed(reader: PdfReader) -> bool:
    form = reader.root_object.get("/AcroForm")
    flags = form.get_object().get("/SigFlags", 0) if form else 0
    return bool(int(flags) & 1)


def _dictionaries(writer: PdfWriter) -> Iterator[DictionaryObject]:
    """Yield all dictionaries of a file, also those that stand in others."""
    waiting: list[Any] = list(writer._objects)  # noqa: SLF001 -- there is no public API to iterate over all of them
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, DictionaryObject):
            yield thing
            waiting.extend(thing.values())
        elif isinstance(thing, ArrayObject):
            waiting.extend(thing)


def _make_harmless(thing: DictionaryObject) -> None:
    for name in _ACTIVE:
        thing.pop(name, None)
    if isinstance(thing, StreamObject):
        thing.pop("/F", None)  # its content in another file; in an annotation it is a number
    for name in ("/A", "/PA"):
        if not _is_harmless(_value(thing, name)):
            del thing[name]
    notes = _value(thing, "/Annots")
    if isinstance(notes, ArrayObject):
        thing[NameObject("/Annots")] = ArrayObject(note for note in notes if _is_note_harmless(note.get_object()))


def _is_harmless(action: Any) -> bool:
    """Return whether an action leads inside the file, or to an address, and to nothing after that.

    Anything without a kind is none, but attributes of the text's structure, which have the same key.
    """
    if not isinstance(action, DictionaryObject) or "/S" not in action:
        return True
    action.pop("/Next", None)
    kind = _value(action, "/S")
    if kind == "/URI":
        return str(_value(action, "/URI")).strip().lower().startswith(_PROTOCOLS)
    return kind in _HARMLESS_ACTIONS


def _is_note_harmless(note: Any) -> bool:
    return not isinstance(note, DictionaryObject) or _value(note, "/Subtype") not in _ACTIVE_NOTES


def _value(thing: DictionaryObject, name: str) -> Any:
    """Return a value of a dictionary, also one that stands elsewhere in the file; None if there is none."""
    return thing[name] if name in thing else None  # noqa: SIM401 -- `get` does not look elsewhere

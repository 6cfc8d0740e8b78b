import codecs
import re
from typing import BinaryIO, Final

from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_CHUNK_BYTES: Final = 256 * 1024
_LONGEST_LINE_BYTES: Final = 1024 * 1024
_BREAK: Final = re.compile(rb"[\r\n]")
# Bytes that Windows-1250 leaves undefined.
_UNDEFINED: Final = re.compile(rb"[\x81\x83\x88\x90\x98]")
# How UTF-8 writes ó, ą, ł, ż and their like. In Windows-1250 this is a letter of another language before a sign.
_UTF_8_LETTER: Final = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")


def detect_encoding(file: BinaryIO) -> str:
    """Tell what a text file is written in: "utf-8-sig" (with a byte order mark or without) or "cp1250".

    Takes a file of bytes, at its beginning, and reads it to its end by small parts; so that it is known before the
    first row, and that no line is longer than memory is meant for. Raises UnreadableFileError.
    """
    is_marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, is_windows, has_utf_8_letters = True, True, False
    line_bytes = 0
    while chunk := file.read(_CHUNK_BYTES):
        if b"\0" in chunk:
            raise UnreadableFileError(_what_has_nul(chunk))
        breaks = [match.start() for match in _BREAK.finditer(chunk)]
        if line_bytes + (breaks[0] if breaks else len(chunk)) > _LONGEST_LINE_BYTES:
            raise UnreadableFileError(FileProblem.LONG_LINE)
        line_bytes = len(chunk) - breaks[-1] - 1 if breaks else line_bytes + len(chunk)
        if is_utf_8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf_8 = False
        is_windows = is_windows and not _UNDEFINED.search(chunk)
        has_utf_8_letters = has_utf_8_letters or _UTF_8_LETTER.search(chunk) is not None
    if is_utf_8 and _ends_whole(decoder):
        return "utf-8-sig"
    if is_marked or has_utf_8_letters:
        raise UnreadableFileError(FileProblem.MIXED_ENCODING)
    if not is_windows:
        raise UnreadableFileError(FileProblem.ENCODING)
    return "cp1250"


def _ends_whole(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _what_has_nul(chunk: bytes) -> FileProblem:
    """Tell UTF-16 without its mark from what is no text at all: in it, every second byte of Polish text is nearly 0."""
    share = max(chunk[::2].count(0), chunk[1::2].count(0)) / len(chunk)
    return FileProblem.UTF_16 if share > 1 / 4 else FileProblem.NOT_TEXT

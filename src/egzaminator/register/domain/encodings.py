"""Detection of the encoding of a register file in CSV."""

import codecs
import re
from collections.abc import Collection, Sequence
from typing import BinaryIO, Final

from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_CHUNK_BYTES: Final = 256 * 1024
_LONGEST_LINE_BYTES: Final = 1024 * 1024
_BREAK: Final = re.compile(rb"[\r\n]")
# How UTF-8 encodes ó, ą, ł, ż and similar letters: two bytes. In Windows-1250 such a pair reads as a letter of another
# language followed by a symbol.
_UTF_8_LETTER: Final = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
# The encodings that Polish programs wrote before UTF-8, the most likely first: Windows, Linux, Macintosh, DOS.
_WINDOWS: Final = "cp1250"
_ENCODINGS: Final = (_WINDOWS, "iso8859_2", "mac_latin2", "cp852")
# Bytes that Windows-1250 leaves undefined. The other three encodings define every byte.
_UNDEFINED: Final = re.compile(rb"[\x81\x83\x88\x90\x98]")
_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MOST_WORDS: Final = 20_000
_LONGEST_WORD_BYTES: Final = 60
_POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
# Characters that stand beside or between words, and characters that a hyphen or an apostrophe turns into.
_BESIDE_WORDS: Final = "\u00a0\u00ad„”“‚‘’«»–—…§°•€©®™"
_BETWEEN_WORDS: Final = re.compile("[\u00a0\u00ad’‘–]")
# The largest share of implausible words that a text in the right encoding may have.
_MOST_RUBBISH: Final = 0.25


def detect_encoding(file: BinaryIO) -> str:
    """Return the encoding of a text file: "utf-8-sig" (with or without a byte order mark) or an old Polish one.

    Takes a binary file at its beginning and reads it to the end in small chunks. So the encoding is known before the
    first row is parsed, and every line is known to fit in memory. Raise `UnreadableFileError` if a line is too long,
    the file is not text, it mixes encodings, or its encoding is uncertain.
    """
    is_marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, is_windows, has_utf_8_letters = True, True, False
    words: set[bytes] = set()
    last = b""
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
        if not is_utf_8:
            _gather(chunk, words)
        last = chunk
    if is_utf_8 and _ends_whole(decoder):
        return "utf-8-sig"
    if is_marked or has_utf_8_letters:
        raise UnreadableFileError(FileProblem.MIXED_ENCODING)
    if is_utf_8:  # the file ends inside a letter, and no words were collected before
        _gather(last, words)
    return _most_plausible(words, _ENCODINGS if is_windows else _ENCODINGS[1:])


def _ends_whole(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _what_has_nul(chunk: bytes) -> FileProblem:
    """Return whether a chunk with NUL bytes is UTF-16 without a byte order mark, or no text at all.

    In UTF-16, almost every second byte of Polish text is 0.
    """
    share = max(chunk[::2].count(0), chunk[1::2].count(0)) / len(chunk)
    return FileProblem.UTF_16 if share > 1 / 4 else FileProblem.NOT_TEXT


def _gather(chunk: bytes, words: set[bytes]) -> None:
    """Add distinct words with non-ASCII letters to `words`, up to the number that is enough to decide the encoding."""
    for match in _WORD.finditer(chunk):
        if len(words) >= _MOST_WORDS:
            return
        words.add(match[0][:_LONGEST_WORD_BYTES])


def _most_plausible(words: Collection[bytes], encodings: Sequence[str]) -> str:
    """Return the encoding in which the words look most like words.

    Windows-1250 wins unless another equally plausible reading has more Polish words. Another encoding wins only if at
    least half of its words have Polish letters and no third reading is equally plausible. Raise `UnreadableFileError`
    if no encoding fits, or if it is uncertain which one does.
    """
    readings = {encoding: [word.decode(encoding) for word in words] for encoding in encodings}
    rubbish = {encoding: sum(not _is_word(word) for word in read) for encoding, read in readings.items()}
    least = min(rubbish.values())
    best = [encoding for encoding in encodings if rubbish[encoding] == least]
    encoding = best[0]
    polish = {encoding: sum(not _POLISH.isdisjoint(word) for word in readings[encoding]) for encoding in best}
    is_doubtful = any(
        readings[other] != readings[encoding] and (encoding != _WINDOWS or polish[other] > polish[encoding])
        for other in best
    )
    is_foreign = encoding != _WINDOWS and polish[encoding] < len(words) / 2
    if is_doubtful or is_foreign or least > _MOST_RUBBISH * len(words):
        raise UnreadableFileError(FileProblem.ENCODING)
    return encoding


def _is_word(text: str) -> bool:
    """Return whether a text holds only letters, with capitals either at the beginning of a word only or everywhere."""
    for part in _BETWEEN_WORDS.split(text.strip(_BESIDE_WORDS)):
        if part and not (part.isalpha() and (part.isupper() or part.islower() or part[1:].islower())):
            return False
    return True

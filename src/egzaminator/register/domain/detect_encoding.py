import codecs
import re
from collections.abc import Collection, Sequence
from typing import BinaryIO, Final

from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_CHUNK_BYTES: Final = 256 * 1024
_LONGEST_LINE_BYTES: Final = 1024 * 1024
_BREAK: Final = re.compile(rb"[\r\n]")
# How UTF-8 writes ó, ą, ł, ż and their like. In Windows-1250 this is a letter of another language before a sign.
_UTF_8_LETTER: Final = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
# What programs in Poland wrote before UTF-8: Windows, Linux, Macintosh, DOS. The most likely first.
_WINDOWS: Final = "cp1250"
_ENCODINGS: Final = (_WINDOWS, "iso8859_2", "mac_latin2", "cp852")
# Bytes that Windows-1250 leaves undefined. The others define all of them.
_UNDEFINED: Final = re.compile(rb"[\x81\x83\x88\x90\x98]")
_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MOST_WORDS: Final = 20_000
_LONGEST_WORD_BYTES: Final = 60
_POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
# What stands beside words or between them, and what a hyphen and an apostrophe become.
_BESIDE_WORDS: Final = "\u00a0\u00ad„”“‚‘’«»–—…§°•€©®™"
_BETWEEN_WORDS: Final = re.compile("[\u00a0\u00ad’‘–]")
# The share of words that a text in the right encoding may hold of what does not look like one.
_MOST_RUBBISH: Final = 0.25


def detect_encoding(file: BinaryIO) -> str:
    """Tell what a text file is written in: "utf-8-sig" (with a byte order mark or without) or one of Poland's old ones.

    Takes a file of bytes, at its beginning, and reads it to its end by small parts; so that it is known before the
    first row, and that no line is longer than memory is meant for. Raises UnreadableFileError.
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
    if is_utf_8:  # the file ends within a letter, and nothing was gathered
        _gather(last, words)
    return _most_plausible(words, _ENCODINGS if is_windows else _ENCODINGS[1:])


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


def _gather(chunk: bytes, words: set[bytes]) -> None:
    """Add different words with letters beyond ASCII, as many as are enough to tell by."""
    for match in _WORD.finditer(chunk):
        if len(words) >= _MOST_WORDS:
            return
        words.add(match[0][:_LONGEST_WORD_BYTES])


def _most_plausible(words: Collection[bytes], encodings: Sequence[str]) -> str:
    """Return the encoding in which the words look most like words.

    Windows-1250 is taken where no other reading is more Polish, another one only where its words are Polish and there
    is no third. Raises UnreadableFileError where no encoding fits, or it is doubtful which one does.
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
    """Tell whether all signs are letters, and capitals stand at the beginning alone or everywhere."""
    for part in _BETWEEN_WORDS.split(text.strip(_BESIDE_WORDS)):
        if part and not (part.isalpha() and (part.isupper() or part.islower() or part[1:].islower())):
            return False
    return True

"""Polish text: what is kept of what people type, and the keys it is sorted and searched by.

The database's collation is "C" (the embedded server has no ICU), so the order of the Polish alphabet lives in the keys.
"""

import unicodedata
from typing import Final

# Characters; more than any answer has, in whichever form. Normalising takes the square of a run of combining marks, so
# whatever strangers send is held against this first.
LONGEST_RAW: Final = 1000

_ALPHABET: Final = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
# Every letter becomes one character whose code point stands where the letter stands in the Polish alphabet. Digits and
# the separators stay below them.
_ORDER: Final = {ord(letter): chr(0x61 + place) for place, letter in enumerate(_ALPHABET)}
_STROKES: Final = str.maketrans("łŁøØđĐ", "lLoOdD")
# What needs no folding: the alphabet, and what stays below it.
_ORDERED: Final = frozenset(f"{_ALPHABET} -'0123456789")
_FORBIDDEN: Final = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))


def normalise(text: str) -> str:
    """Take a line as typed or pasted; give it in NFC with every run of white space as one space, trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def has_forbidden_characters(text: str) -> bool:
    """Tell whether a line holds control, direction, private or unassigned characters, which no Polish form needs."""
    # Printable text, which is nearly all of it, holds none; the converse is not true of odd spaces.
    return not text.isprintable() and any(unicodedata.category(char) in _FORBIDDEN for char in text)


def sort_key(*parts: str) -> str:
    """Take texts in order of weight (surname, first names); give a key that sorts as a Polish index does.

    The parts stay apart in the key, so that "Lis Jan" stands before "Lisak Adam". Letters of other alphabets are
    ordered by their base letter.
    """
    return "\x01".join(_sort_key_of_one(part) for part in parts)


def _sort_key_of_one(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold()
    if not _ORDERED.issuperset(folded):
        folded = "".join(char if char in _ORDERED else fold(char) for char in folded)
    return folded.translate(_ORDER)


def fold(text: str) -> str:
    """Take a text; give it lower-cased without accents and strokes, for searching ("Łukasik" -> "lukasik")."""
    if text.isascii():
        return text.lower()
    # ł has no decomposition in Unicode, so it is folded by hand.
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_STROKES).casefold()


def compact(text: str) -> str:
    """Take a number as issued or typed; give the form two spellings of it are compared by.

    Trimmed, NFKC, case-folded, inner white space dropped: for registration numbers and board-issued identifiers.
    """
    # Once more to NFKC: a dropped space may leave a letter and its accent side by side.
    return unicodedata.normalize("NFKC", "".join(unicodedata.normalize("NFKC", text).casefold().split()))

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
# Every dash of Unicode (category Pd) and what programs put for one: the minus, the bullet, the modifier letter. The
# soft hyphen as well: what is copied from a PDF document has it where the page shows a hyphen.
_DASHES: Final = (
    "\u00ad\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
    "\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010d6e\U00010ead"
)
# Quotation marks, primes, accents that stand alone, and the letters that some alphabets have for an apostrophe.
_APOSTROPHES: Final = (
    "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u0374\u055a\u05f3\u1fef\u1ffd\u2018\u2019\u201b\u2032\u2035"
    "\ua78b\ua78c\uff07\uff40"
)
_PLAIN: Final = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_APOSTROPHES, "'"))
# Written for the first name or the surname of people whose documents give them one name alone.
NO_NAME: Final = "-"


def normalise(text: str) -> str:
    """Return a line as typed or pasted in NFC, trimmed, with single spaces and nothing that no reader sees."""
    return " ".join(unicodedata.normalize("NFC", drop_invisible(text)).split())


def drop_invisible(text: str) -> str:
    """Return the text without format characters (category Cf): zero-width signs, marks of direction, the soft hyphen.

    They come along when people paste; two texts that look alike must not differ by them.
    """
    if text.isprintable():
        return text
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def plain(text: str) -> str:
    """Return the text with one kind of dash, the hyphen, and one kind of apostrophe, the typewriter's."""
    return text.replace("`", "'") if text.isascii() else text.translate(_PLAIN)


def full_name(*parts: str) -> str:
    """Return a person's name from its parts, without those that the person does not have."""
    return " ".join(part for part in parts if part not in ("", NO_NAME))


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
        return plain(text.lower())
    # Plain before, since an accent that stands alone becomes a space; and after, since some letters hold an apostrophe.
    # ł has no decomposition in Unicode, so it is folded by hand.
    decomposed = plain(unicodedata.normalize("NFKD", plain(text)))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_STROKES).casefold()


def compact(text: str) -> str:
    """Return the form that two spellings of a number are compared by.

    For registration numbers and board-issued identifiers, in register files, forms and log-ins alike: NFKC,
    case-folded, one kind of dash and of apostrophe, without white space and format characters.
    """
    if text.isascii():
        return "".join(plain(text).lower().split())
    folded = plain(unicodedata.normalize("NFKC", plain(text)).casefold())
    # Once more to NFKC: what was dropped may leave a letter and its accent side by side.
    return unicodedata.normalize("NFKC", "".join(drop_invisible(folded).split()))

"""Polish text: the normal forms in which typed text is stored, and the keys for sorting and searching.

The database's collation is "C" (the embedded server has no ICU), so the order of the Polish alphabet is in the keys.
"""

import unicodedata
from typing import Final

# Maximum input length in characters, longer than any valid value in any normal form. Unicode normalisation takes
# quadratic time in the length of a run of combining marks, so untrusted input is checked against this limit first.
LONGEST_RAW: Final = 1000

_ALPHABET: Final = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
# Every letter becomes one character, and the code points of these characters follow the Polish alphabet. Digits and
# separators keep their code points, which are lower.
_ORDER: Final = {ord(letter): chr(0x61 + index) for index, letter in enumerate(_ALPHABET)}
_STROKES: Final = str.maketrans("łŁøØđĐ", "lLoOdD")
# Characters that need no folding: the alphabet, and the characters that sort before it.
_ORDERED: Final = frozenset(f"{_ALPHABET} -'0123456789")
_FORBIDDEN: Final = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))
# Every dash of Unicode (category Pd) and the characters that programs use instead: the minus, the bullet, the modifier
# letter. The soft hyphen is one of them, because text copied from a PDF document has it where the page shows a hyphen.
_DASHES: Final = (
    "\u00ad\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
    "\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010d6e\U00010ead"
)
# Quotation marks, primes, spacing accents, and the letters that some alphabets use as an apostrophe.
_APOSTROPHES: Final = (
    "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u0374\u055a\u05f3\u1fef\u1ffd\u2018\u2019\u201b\u2032\u2035"
    "\ua78b\ua78c\uff07\uff40"
)
_PLAIN: Final = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_APOSTROPHES, "'"))
# Stands for the missing first name or surname of a person whose documents give only one name.
NO_NAME: Final = "-"


def normalise(text: str) -> str:
    """Return a line, typed or pasted, in NFC, trimmed, with single spaces and without invisible characters."""
    return " ".join(unicodedata.normalize("NFC", drop_invisible(text)).split())


def drop_invisible(text: str) -> str:
    """Return the text without format characters (category Cf): zero-width characters, direction marks, the soft hyphen.

    People paste them by accident, and two texts that look alike must not differ by them.
    """
    if text.isprintable():
        return text
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def plain(text: str) -> str:
    """Return the text with every dash replaced by a hyphen and every apostrophe by the ASCII apostrophe."""
    return text.replace("`", "'") if text.isascii() else text.translate(_PLAIN)


def full_name(*parts: str) -> str:
    """Return a person's full name, joined from its parts without the missing ones."""
    return " ".join(part for part in parts if part not in ("", NO_NAME))


def has_forbidden_characters(text: str) -> bool:
    """Return whether a line has control, format, private, surrogate or unassigned characters, which no form needs."""
    # Fast path: printable text, which is nearly all text, has none of them. Unusual spaces are not printable but
    # allowed.
    return not text.isprintable() and any(unicodedata.category(char) in _FORBIDDEN for char in text)


def sort_key(*parts: str) -> str:
    """Return a key that sorts in Polish alphabetical order, from texts in order of weight (surname, first names).

    The parts stay separate in the key, so that "Lis Jan" sorts before "Lisak Adam". Letters of other alphabets sort
    by their base letter.
    """
    return "\x01".join(_sort_key_of_one(part) for part in parts)


def _sort_key_of_one(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold()
    if not _ORDERED.issuperset(folded):
        folded = "".join(char if char in _ORDERED else fold(char) for char in folded)
    return folded.translate(_ORDER)


def fold(text: str) -> str:
    """Return a text in lower case without accents and strokes, for searching ("Łukasik" -> "lukasik")."""
    if text.isascii():
        return plain(text.lower())
    # `plain` runs before NFKD, because NFKD turns a spacing accent into a space, and again after it, because some
    # letters decompose into an apostrophe. The letter ł has no decomposition in Unicode, so it is folded by hand.
    decomposed = plain(unicodedata.normalize("NFKD", plain(text)))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_STROKES).casefold()


# What may stand in a sort key for one character of folded text: a letter and the letters that fold to it. A space also
# stands for what separates the parts of a key, and for a hyphen between two surnames.
_UNFOLDED: Final = {" ": " -\x01"} | {
    base: "".join(letter for letter in _ALPHABET if fold(letter) == base).translate(_ORDER)
    for base in _ALPHABET
    if base.isascii()
}


def sort_key_letters(text: str) -> list[str]:
    """Return, for each character of a text, the characters that sort keys may have for it, whatever its accents.

    "ża" gives the letters z, ź, ż and then a, ą: sort keys begin like that for everybody whose name folds to "za…".
    """
    return [_UNFOLDED.get(char, char) for char in fold(text)]


def compact(text: str) -> str:
    """Return the normal form by which two spellings of a number are compared.

    It is used for registration numbers and board-issued identifiers, alike in register files, forms and log-ins.
    The form is NFKC, case-folded, with one kind of dash and of apostrophe, without white space and format
    characters.
    """
    if text.isascii():
        return "".join(plain(text).lower().split())
    folded = plain(unicodedata.normalize("NFKC", plain(text)).casefold())
    # NFKC again, because removed characters may leave a letter next to its combining accent.
    return unicodedata.normalize("NFKC", "".join(drop_invisible(folded).split()))

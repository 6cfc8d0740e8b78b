"""The words that a password must not be made of: its owner's, the board's and the service's."""

import re
from collections.abc import Iterable
from typing import Final

from stdnum.pl import pesel as stdnum_pesel

from egzaminator.core.board import current_board
from egzaminator.core.pesel import NotAPeselError, parse_pesel
from egzaminator.core.text import fold

# The service's own words, in Polish and English: the first that come to mind at its form.
_SERVICE_WORDS: Final = (
    "egzaminator", "egzamin", "examiner", "nauczyciel", "szkola", "matura", "ewidencja", "serwis", "logowanie", "konto",
)  # fmt: skip
_SEPARATORS: Final = re.compile(r"[\W_]+")
# Shorter parts (`pl`, initials) occur in too many words to mean anything.
_SHORTEST: Final = 3
_DATE_FORMS: Final = ("%d%m%Y", "%Y%m%d", "%d%m%y", "%y%m%d", "%d%m", "%Y")


def guessable_words(context_words: Iterable[str]) -> frozenset[str]:
    """Return the words to look for in a password, folded and without separators.

    `context_words` is whatever is known of the owner: names, numbers, addresses, a PESEL. Each is included whole and in
    its parts, forwards and backwards. A PESEL is also included as the date of birth that it holds. The words of the
    board and the service are always included.
    """
    board = current_board()
    words = set(_SERVICE_WORDS)
    for text in (board.name, board.short_name, board.email, *context_words):
        parts = _SEPARATORS.split(fold(text))
        words |= {"".join(parts), *parts, *_birth_dates(text)}
    return frozenset(form for word in words if len(word) >= _SHORTEST for form in (word, word[::-1]))


def _birth_dates(text: str) -> set[str]:
    try:
        pesel = parse_pesel(text)
    except NotAPeselError:
        return set()
    born = stdnum_pesel.get_birth_date(pesel.digits)
    return {born.strftime(form) for form in _DATE_FORMS}

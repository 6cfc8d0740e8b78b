"""How many characters of a password an attacker must guess who has word lists, the keyboard and the owner's data.

A password is cut into pieces so that they cost the attacker least. A character outside of known pieces costs one. The
pieces are what cracking tools try first: common passwords, runs over the keyboard, repetitions, years.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.auth.password_validation import CommonPasswordValidator

from egzaminator.accounts.passwords.errors import PasswordProblem
from egzaminator.core.text import fold

_POLISH_FILE: Final = Path(__file__).parent / "polish_common.txt"
_ROWS: Final = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_COLUMNS: Final = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p")
_LACED: Final = ("1a2b3c4d5e6f7g8h9i0j", "a1b2c3d4e5f6g7h8i9j0")
_RUNS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", *_ROWS, *_COLUMNS, *_LACED)
# One text, because one search in it is faster than one in each. No password contains NUL.
_TRACKS: Final = "\0".join(_RUNS + tuple(run[::-1] for run in _RUNS))
_YEAR: Final = re.compile(r"(19|20)[0-9]{2}")
_YEAR_LENGTH: Final = 4
_SAME_AGAIN: Final = re.compile(r"(.)\1+")
_SIGNS_FOR_LETTERS: Final = str.maketrans("@$!", "asi")
_DIGITS_FOR_LETTERS: Final = str.maketrans("013457", "oieast")

# Shorter pieces occur in ordinary words by chance.
_SHORTEST_COMMON: Final = 5
_SHORTEST_RUN: Final = 4
_SHORTEST_REPETITION: Final = 3
_LONGEST_PIECE: Final = 40
# A common password is one of some 20,000, which is worth three characters (26³ = 17,576). Any other piece is tried
# among the first.
_COST_OF_COMMON: Final = 3
_COST_OF_PIECE: Final = 1
# A password with two distinct characters is worth at most four characters, whatever their order.
_WORTH_OF_A_SIGN: Final = 2


@dataclass(frozen=True, slots=True)
class Effort:
    """The number of characters left to guess, and the reasons why the others need no guessing."""

    characters: int
    savings: frozenset[PasswordProblem]


@cache
def common_passwords() -> frozenset[str]:
    """Return Django's list of some 20,000 common passwords, with the Polish ones that it lacks."""
    return frozenset(CommonPasswordValidator().passwords) | set(_POLISH_FILE.read_text(encoding="ascii").split())


def guessing_effort(password: str, *, guessable: frozenset[str]) -> Effort:
    """Return the least effort over all readings of a password; `guessable` holds its owner's words, folded."""
    readings = dict.fromkeys(_readings(password))
    return min((_effort(text, guessable) for text in readings), key=lambda effort: effort.characters)


def _readings(password: str) -> Iterator[str]:
    """Yield the readings of a password.

    These are the password as it is and with signs replaced by the letters they stand for (`p@$$word`), each also
    without doubled characters.
    """
    folded = fold(password)
    for text in dict.fromkeys((folded, folded.translate(_SIGNS_FOR_LETTERS))):
        plain = _without_separators(text)
        yield plain
        yield _SAME_AGAIN.sub(r"\1", plain)


def _without_separators(text: str) -> str:
    """Move every distinct character that is neither letter nor digit to the end, once.

    So `a-b-c-d` is no better than `abcd-`.
    """
    signs = dict.fromkeys(char for char in text if not char.isalnum())
    return "".join(char for char in text if char.isalnum()) + "".join(signs)


def _effort(text: str, guessable: frozenset[str]) -> Effort:
    spelt = text.translate(_DIGITS_FOR_LETTERS)
    best = [Effort(0, frozenset())]
    for end in range(1, len(text) + 1):
        before = best[end - 1]
        candidates = [Effort(before.characters + 1, before.savings)]
        for start in range(max(0, end - _LONGEST_PIECE), end - 2):
            piece = _piece(text, spelt, slice(start, end), guessable)
            if piece is not None:
                cost, saving = piece
                candidates.append(Effort(best[start].characters + cost, best[start].savings | {saving}))
        best.append(min(candidates, key=lambda effort: effort.characters))
    found = best[-1]
    worth = _WORTH_OF_A_SIGN * len(set(text))
    if worth < found.characters:
        return Effort(worth, found.savings | {PasswordProblem.REPEATED})
    return found


def _piece(text: str, spelt_text: str, where: slice, guessable: frozenset[str]) -> tuple[int, PasswordProblem] | None:
    """Return the cost of a piece of the text and the reason, or None if the piece is not a known one.

    `spelt_text` is the text with digits replaced by the letters they stand for.
    """
    piece, spelt = text[where], spelt_text[where]
    length = len(piece)
    if piece in guessable or spelt in guessable or (length == _YEAR_LENGTH and _YEAR.fullmatch(piece)):
        return _COST_OF_PIECE, PasswordProblem.PERSONAL
    if length >= _SHORTEST_RUN and piece in _TRACKS:
        return _COST_OF_PIECE, PasswordProblem.SEQUENCE
    if length >= _SHORTEST_REPETITION and text.find(piece) < where.start:
        return _COST_OF_PIECE, PasswordProblem.REPEATED
    if length >= _SHORTEST_COMMON and not common_passwords().isdisjoint((piece, spelt, piece[::-1])):
        return _COST_OF_COMMON, PasswordProblem.COMMON
    return None

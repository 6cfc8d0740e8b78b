"""Passphrases to offer to whoever chooses a password."""

import secrets
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

_WORDS_FILE: Final = Path(__file__).parent.parent / "words.txt"
_WORDS: Final = 4
_random: Final = secrets.SystemRandom()


@cache
def words() -> tuple[str, ...]:
    """Return the list of common Polish words, of four to eight letters that every keyboard has."""
    return tuple(_WORDS_FILE.read_text(encoding="ascii").split())


def suggest_passphrase() -> str:
    """Return four random Polish words joined by hyphens, or more if the board requires a longer password.

    Four of more than 1,800 words make 43 bits.
    """
    count = _WORDS
    while True:
        passphrase = "-".join(_random.sample(words(), count))
        if len(passphrase) >= settings.PASSWORD_MIN_LENGTH:
            return passphrase
        count += 1

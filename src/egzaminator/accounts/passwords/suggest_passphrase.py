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
    """Give the list: common Polish words of four to eight letters that every keyboard has."""
    return tuple(_WORDS_FILE.read_text(encoding="ascii").split())


def suggest_passphrase() -> str:
    """Give four random Polish words joined by hyphens, more only where the board asks for a longer password.

    Of more than 1,800 words, four make 43 bits.
    """
    count = _WORDS
    while True:
        passphrase = "-".join(_random.sample(words(), count))
        if len(passphrase) >= settings.PASSWORD_MIN_LENGTH:
            return passphrase
        count += 1

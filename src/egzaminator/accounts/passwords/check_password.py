"""The checks of a password: its length, how guessable it is, and the operator's list of leaked passwords."""

import logging
import unicodedata
from collections.abc import Iterable
from typing import Final

from django.conf import settings

from egzaminator.accounts.passwords.context import guessable_words
from egzaminator.accounts.passwords.errors import MAX_LENGTH, PasswordProblem, PasswordRefusedError
from egzaminator.accounts.passwords.guessing import guessing_effort
from egzaminator.core.leaked_passwords import NotALeakListError, is_leaked

logger = logging.getLogger(__name__)

# The fewest characters that an attacker must have left to guess, with everything known set aside: about 9 random
# letters. Rate limits on attempts and Argon2id keep that many out of reach.
_ENOUGH: Final = 9


def check_password(password: str, *, context_words: Iterable[str]) -> None:
    """Check a new password against the policy.

    `password` is as typed. `context_words` is what is known of its owner: PESEL, registration numbers, names, e-mail
    address. The names of the board and the service are added. Any characters are allowed, no classes of characters are
    required, and spaces count (NIST SP 800-63B-4, section 3.1.1.2). If the operator has a list of leaked passwords, the
    password is looked up in it. Raise `PasswordRefusedError` with every reason if the password is refused.
    """
    normal = unicodedata.normalize("NFC", password)
    if len(normal) > MAX_LENGTH:
        raise PasswordRefusedError([PasswordProblem.TOO_LONG])
    if len(normal) < settings.PASSWORD_MIN_LENGTH:
        raise PasswordRefusedError([PasswordProblem.TOO_SHORT])
    effort = guessing_effort(normal, guessable=guessable_words(context_words))
    if effort.characters < _enough():
        # A text can be short of characters to guess without any savings, such as fifteen spaces.
        raise PasswordRefusedError(effort.savings or {PasswordProblem.REPEATED})
    if _is_leaked(normal):
        raise PasswordRefusedError([PasswordProblem.LEAKED])


def is_guessable(password: str, *, context_words: Iterable[str]) -> bool:
    """Return whether a password that was accepted is too guessable for an attacker who knows more of its owner."""
    effort = guessing_effort(unicodedata.normalize("NFC", password), guessable=guessable_words(context_words))
    return effort.characters < _enough()


def _enough() -> int:
    # If the board allows eight characters, eight unguessable ones must be enough.
    return min(_ENOUGH, settings.PASSWORD_MIN_LENGTH)


def _is_leaked(password: str) -> bool:
    path = settings.LEAKED_PASSWORDS_FILE
    try:
        return path is not None and is_leaked(password, path=path)
    except (OSError, NotALeakListError):
        # The list was taken away while the site runs. No choice of another password can help that.
        logger.exception("LEAKED_PASSWORDS_FILE cannot be searched; passwords are not looked up in it")
        return False

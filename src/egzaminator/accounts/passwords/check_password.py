import logging
import unicodedata
from collections.abc import Iterable
from typing import Final

from django.conf import settings

from egzaminator.accounts.passwords.context import guessable_words
from egzaminator.accounts.passwords.errors import MAX_LENGTH, PasswordProblem, PasswordRefusedError
from egzaminator.accounts.passwords.guessing import guessing_effort
from egzaminator.kernel.leaked_passwords import NotALeakListError, is_leaked

logger = logging.getLogger(__name__)

# Characters of a password that are left to guess when everything known is set aside: some 9 random letters, which the
# limits on attempts and Argon2id keep out of reach.
_ENOUGH: Final = 9


def check_password(password: str, *, context_words: Iterable[str]) -> None:
    """Hold a new password against the policy.

    Takes the password as typed and what is known of its owner: PESEL, registration numbers, names, e-mail address. The
    board's and the service's names are added. Any characters are allowed and no kinds of them are asked for; spaces
    count (NIST SP 800-63B-4, section 3.1.1.2). Where the operator has a list of leaked passwords, it is looked up
    there. Raises PasswordRefusedError with every reason.
    """
    normal = unicodedata.normalize("NFC", password)
    if len(normal) > MAX_LENGTH:
        raise PasswordRefusedError([PasswordProblem.TOO_LONG])
    if len(normal) < settings.PASSWORD_MIN_LENGTH:
        raise PasswordRefusedError([PasswordProblem.TOO_SHORT])
    effort = guessing_effort(normal, guessable=guessable_words(context_words))
    if effort.characters < _enough():
        # Nothing saved where little was there: fifteen spaces.
        raise PasswordRefusedError(effort.savings or {PasswordProblem.REPEATED})
    if _is_leaked(normal):
        raise PasswordRefusedError([PasswordProblem.LEAKED])


def is_guessable(password: str, *, context_words: Iterable[str]) -> bool:
    """Tell whether a password that was let through is too little to guess for whoever knows its owner better."""
    effort = guessing_effort(unicodedata.normalize("NFC", password), guessable=guessable_words(context_words))
    return effort.characters < _enough()


def _enough() -> int:
    # Where the board lets eight characters do, eight unguessable ones must do as well.
    return min(_ENOUGH, settings.PASSWORD_MIN_LENGTH)


def _is_leaked(password: str) -> bool:
    path = settings.LEAKED_PASSWORDS_FILE
    try:
        return path is not None and is_leaked(password, path=path)
    except (OSError, NotALeakListError):
        # The list was taken away while the site runs. Nobody can help that by choosing another password.
        logger.exception("LEAKED_PASSWORDS_FILE cannot be searched; passwords are not looked up in it")
        return False

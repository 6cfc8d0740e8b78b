"""The password policy (NIST SP 800-63B-4, section 3.1.1.2), and passphrases to offer."""

from egzaminator.accounts.passwords.check_password import check_password, is_guessable
from egzaminator.accounts.passwords.errors import MAX_LENGTH, PasswordProblem, PasswordRefusedError
from egzaminator.accounts.passwords.suggest_passphrase import suggest_passphrase

__all__ = [
    "MAX_LENGTH",
    "PasswordProblem",
    "PasswordRefusedError",
    "check_password",
    "is_guessable",
    "suggest_passphrase",
]

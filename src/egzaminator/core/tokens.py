"""Random values that people carry: tokens of mailed links, and case codes read out over the telephone."""

import hashlib
import re
import secrets
from typing import Final

_TOKEN_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
# Leaves out the letters and digits that sound or look alike (0 O, 1 I L, B 8, S 5, Z 2, U V).
_SPOKEN: Final = "34679ACDEFGHJKMNPQRTWXY"
_CODE_LENGTH: Final = 8


def new_token() -> str:
    """Return 128 random bits as 22 URL-safe characters."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Return whether a text has the form of a token made by `new_token`."""
    return _TOKEN.fullmatch(text) is not None


def token_digest(token: str) -> bytes:
    """Return the SHA-256 digest of a token, the only form that is stored. 128 random bits need no slower hash."""
    return hashlib.sha256(token.encode()).digest()


def new_case_code() -> str:
    """Return a random case code such as `K7F3-QM9T` (36 bits).

    It is too long to guess and short enough to read out over the telephone.
    """
    return case_code_from(secrets.token_bytes(_CODE_LENGTH))


def case_code_from(digest: bytes) -> str:
    """Return the case code derived from eight or more random bytes or from a digest. Equal bytes give equal codes."""
    code = "".join(_SPOKEN[byte % len(_SPOKEN)] for byte in digest[:_CODE_LENGTH])
    return f"{code[:4]}-{code[4:]}"

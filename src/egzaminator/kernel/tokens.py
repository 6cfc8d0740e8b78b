"""Random values that people carry: tokens of mailed links, and case codes read out over the telephone."""

import hashlib
import re
import secrets
from typing import Final

_TOKEN_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
# Without the letters and digits that sound or look alike (0 O, 1 I L, B 8, S 5, Z 2, U V).
_SPOKEN: Final = "34679ACDEFGHJKMNPQRTWXY"
_CODE_LENGTH: Final = 8


def new_token() -> str:
    """Give 128 random bits as 22 characters that are safe in an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Tell whether a text could be what `new_token` gave."""
    return _TOKEN.fullmatch(text) is not None


def token_digest(token: str) -> bytes:
    """Take a token; give the SHA-256 that is kept of it. 128 random bits need no slower hash."""
    return hashlib.sha256(token.encode()).digest()


def new_case_code() -> str:
    """Give a case code such as `K7F3-QM9T` (36 bits): unguessable enough for a reference, short enough to read out."""
    return case_code_from(secrets.token_bytes(_CODE_LENGTH))


def case_code_from(digest: bytes) -> str:
    """Give the case code that belongs to some random bytes or to a digest, eight or more: always the same one."""
    code = "".join(_SPOKEN[byte % len(_SPOKEN)] for byte in digest[:_CODE_LENGTH])
    return f"{code[:4]}-{code[4:]}"

"""The return path of an e-mail: the address that a mail server sends the e-mail back to.

Each e-mail has its own (variable envelope return path, VERP), so that a report tells which e-mail it is about. The
token in it is made by HMAC over the e-mail's row and the address it goes to. So only who has seen an e-mail's envelope
(the recipient, and the servers on the way) can report that it came back, and only for the address that it went to.
"""

import base64
import binascii
import hmac
import re
import uuid
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from egzaminator.mail.domain.render import SENDER, own_domain
from egzaminator.runtime.environment import FIXED_RETURN_PATH, TOKEN_PLACE, TOKEN_SIGNS

_HALF: Final = 16  # bytes: a row's id, and 128 bits of the HMAC
_TOKEN: Final = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{TOKEN_SIGNS}}}(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """Where an e-mail comes back to."""

    token: str
    own: str
    """The e-mail's own address, with the token; the fixed one if the settings say so."""
    fixed: str
    """The address for mail servers that refuse the e-mail's own one."""


def return_path_of(*, row_id: uuid.UUID, email: str) -> ReturnPath:
    """Return the return path of the e-mail with this row, to this address."""
    token = token_of(row_id=row_id, email=email)
    fixed = f"{SENDER}@{own_domain()}"
    if settings.RETURN_PATH == FIXED_RETURN_PATH:
        return ReturnPath(token=token, own=fixed, fixed=fixed)
    local, _, domain = settings.RETURN_PATH.partition("@")
    own = f"{local.replace(TOKEN_PLACE, token)}@{domain or own_domain()}"
    return ReturnPath(token=token, own=own, fixed=fixed)


def return_domain() -> str:
    """Return the domain that e-mails come back to."""
    return return_path_of(row_id=uuid.UUID(int=0), email="").own.rpartition("@")[2]


def token_of(*, row_id: uuid.UUID, email: str) -> str:
    """Return the token that binds an e-mail's row to the address it goes to: base32, lower case, 52 signs.

    It is the HMAC and, masked by what the HMAC determines, the row's id. So whoever sees a Message-ID, which the same
    id is in, cannot tell which token is its, and the row is found without a column of tokens.
    """
    proof = _proof_of(row_id, email)
    return base64.b32encode(_masked(row_id.bytes, proof) + proof).decode("ascii").lower().rstrip("=")


def tokens_in(text: str) -> list[str]:
    """Return whatever has the form of a token in a text, in lower case."""
    return [found.group().lower() for found in _TOKEN.finditer(text)]


def row_in(token: str) -> uuid.UUID:
    """Return the id in a token. Anybody can make up a token, so only `is_token_of` says whether it is a row's."""
    try:
        decoded = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except binascii.Error:  # the last sign has bits that no encoder sets
        return uuid.UUID(int=0)
    return uuid.UUID(bytes=_masked(decoded[:_HALF], decoded[_HALF:]))


def is_token_of(token: str, *, row_id: uuid.UUID, email: str) -> bool:
    """Return whether a token was made for this row and address."""
    return hmac.compare_digest(token, token_of(row_id=row_id, email=email))


def _proof_of(row_id: uuid.UUID, email: str) -> bytes:
    return salted_hmac("mail.return_path", f"{row_id.hex} {email.lower()}", algorithm="sha256").digest()[:_HALF]


def _masked(half: bytes, proof: bytes) -> bytes:
    mask = salted_hmac("mail.return_path.mask", proof, algorithm="sha256").digest()
    return bytes(one ^ other for one, other in zip(half, mask, strict=False))

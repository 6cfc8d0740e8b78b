import base64
import unicodedata
from collections.abc import Sequence
from typing import Final

import argon2
from django.contrib.auth.hashers import make_password
from django.utils.crypto import constant_time_compare

from egzaminator.accounts.hashers import Argon2idHasher, hashing_turn

# Hashed when there is nothing to compare with, so that nobody can tell by the time who has an account.
_NOBODYS: Final = Argon2idHasher().encode("nobody's password", "nobody's salt, 22 long")


def hash_password(*, password: str, salt: str | None = None) -> str:
    """Hash a password in NFC (NIST SP 800-63B-4, 3.1.1.2), with an examiner's salt or, for staff, a new one."""
    return make_password(unicodedata.normalize("NFC", password), salt=salt)


def match_password(*, password: str, hashes: Sequence[str], is_flood: bool = False) -> int | None:
    """Find which of some hashes a password fits.

    Takes the password as typed, hashes as `hash_password` makes them, and whether it may be part of a flood, which
    takes its turn behind all others. Hashes of one examiner share a salt, so one Argon2id is computed and compared with
    each; with no hashes at all, one is computed and thrown away. Gives the place of the first that fits, or None.
    Raises HashingBusyError.
    """
    secret = unicodedata.normalize("NFC", password).encode()
    computed: dict[str, str] = {}
    found = None
    for place, encoded in enumerate(hashes or [_NOBODYS]):
        head, _, tail = encoded.rpartition("$")
        if head not in computed:
            computed[head] = _tail(secret, encoded, is_flood=is_flood)
        if constant_time_compare(computed[head], tail) and hashes and found is None:
            found = place
    return found


def _tail(secret: bytes, encoded: str, *, is_flood: bool) -> str:
    """Hash a secret with the salt and the parameters of another hash; give what follows the salt."""
    modern = "$" + encoded.partition("$")[2]
    parameters = argon2.extract_parameters(modern)
    salt = modern.split("$")[4]
    with hashing_turn(is_flood=is_flood):
        computed = argon2.low_level.hash_secret(
            secret=secret,
            salt=base64.b64decode(salt + "=" * (-len(salt) % 4)),
            time_cost=parameters.time_cost,
            memory_cost=parameters.memory_cost,
            parallelism=parameters.parallelism,
            hash_len=parameters.hash_len,
            type=parameters.type,
            version=parameters.version,
        )
    return computed.decode().rpartition("$")[2]

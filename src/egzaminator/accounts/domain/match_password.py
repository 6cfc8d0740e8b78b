import base64
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import argon2
from django.contrib.auth.hashers import make_password
from django.utils.crypto import constant_time_compare

from egzaminator.accounts.hashers import CURRENT, FORMER, Argon2idHasher, Parameters, hash_aside, hashing_turn

# Hashed when there is nothing to compare with, so that nobody can tell by the time who has an account.
_NOBODYS: Final = Argon2idHasher().encode("nobody's password", "nobody's salt, 22 long")


def hash_password(*, password: str, salt: str | None = None) -> str:
    """Hash a password in NFC (NIST SP 800-63B-4, 3.1.1.2), with an examiner's salt or, for staff, a new one."""
    return make_password(unicodedata.normalize("NFC", password), salt=salt)


@dataclass(frozen=True, slots=True)
class Match:
    """Which hash a password fits, and the same password hashed anew, if that hash was made with former parameters."""

    place: int
    renewed: str | None


def match_password(*, password: str, hashes: Sequence[str], is_flood: bool = False) -> int | None:
    """Find which of some hashes a password fits; give its place, or None. See find_match."""
    match = find_match(password=password, hashes=hashes, is_flood=is_flood)
    return match.place if match else None


def find_match(*, password: str, hashes: Sequence[str], is_flood: bool = False) -> Match | None:
    """Find which of some hashes a password fits, the first of them.

    Takes the password as typed, hashes as `hash_password` makes them, and whether it may be part of a flood, which
    takes its turn behind all others. Hashes of one examiner share a salt, so one Argon2id is computed and compared with
    each; with no hashes at all, one is computed and thrown away. While hashes with former parameters may be about, one
    more is computed with each of those, whatever the hashes at hand were made with. Raises HashingBusyError.
    """
    secret = unicodedata.normalize("NFC", password).encode()
    computed: dict[str, str] = {}
    found = None
    for place, encoded in enumerate(hashes or [_NOBODYS]):
        own, _, tail = encoded.rpartition("$")
        for head in _heads(encoded):
            if head not in computed:
                computed[head] = _tail(secret, f"{head}${tail}", is_flood=is_flood)
        if constant_time_compare(computed[own], tail) and hashes and found is None:
            current = _head(CURRENT, encoded)
            found = Match(place, None if own == current else f"{current}${computed[current]}")
    return found


def _heads(encoded: str) -> list[str]:
    """Give what stands before the last part of a hash: its own, and with its salt that of each parameters in use."""
    own = encoded.rpartition("$")[0]
    return list(dict.fromkeys([own, *(_head(parameters, encoded) for parameters in (CURRENT, *FORMER))]))


def _head(parameters: Parameters, encoded: str) -> str:
    name, kind, version, _, salt, _ = encoded.split("$")
    costs = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"{name}${kind}${version}${costs}${salt}"


def _tail(secret: bytes, encoded: str, *, is_flood: bool) -> str:
    """Hash a secret with the salt and the parameters of another hash; give what follows the salt."""
    modern = "$" + encoded.partition("$")[2]
    parameters = argon2.extract_parameters(modern)
    salt = modern.split("$")[4]
    with hashing_turn(is_flood=is_flood):
        computed = hash_aside(
            partial(
                argon2.low_level.hash_secret,
                secret=secret,
                salt=base64.b64decode(salt + "=" * (-len(salt) % 4)),
                time_cost=parameters.time_cost,
                memory_cost=parameters.memory_cost,
                parallelism=parameters.parallelism,
                hash_len=parameters.hash_len,
                type=parameters.type,
                version=parameters.version,
            )
        )
    return computed.decode().rpartition("$")[2]

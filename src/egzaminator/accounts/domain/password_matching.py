"""The hashing of passwords, and their comparison with hashes at one cost for everybody."""

import base64
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import argon2
from django.contrib.auth.hashers import make_password
from django.utils.crypto import constant_time_compare

from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.hashers import CURRENT, FORMER, Argon2idHasher, Parameters, hashing_slot, run_in_hash_pool
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag

# Hashed if there is nothing to compare with, so that response time does not tell who has an account (side channel).
_NOBODYS: Final = Argon2idHasher().encode("nobody's password", "nobody's salt, 22 long")


def hash_password(*, password: str, salt: str | None = None) -> str:
    """Hash a password in NFC (NIST SP 800-63B-4, section 3.1.1.2).

    `salt` is the examiner's; for staff it is None, and a new salt is made.
    """
    return make_password(unicodedata.normalize("NFC", password), salt=salt)


@dataclass(frozen=True, slots=True)
class Match:
    """The hash that a password fits.

    `index` is the position of that hash. `renewed` is the password's hash with current parameters if that hash has
    former ones, otherwise None.
    """

    index: int
    renewed: str | None


def match_password(*, password: str, hashes: Sequence[str], is_throttled: bool = False) -> int | None:
    """Return the index of the first hash that a password fits, or None; see `find_match`."""
    match = find_match(password=password, hashes=hashes, is_throttled=is_throttled)
    return match.index if match else None


def find_match(*, password: str, hashes: Sequence[str], is_throttled: bool = False) -> Match | None:
    """Find the first of some hashes that a password fits, at a cost that does not depend on whose they are.

    `password` is as typed, and `hashes` are made by `hash_password`. `is_throttled` marks a throttled attempt, which
    gets its hashing slot behind all others. Hashes of one examiner share a salt, so one Argon2id is computed and
    compared with each (in constant time). With no hashes at all, one is computed and discarded. While hashes with
    `FORMER` parameters may exist, one more is computed with each of these, whatever parameters the given hashes have.
    Return None if no hash fits. Raise `OverloadError` on overload.
    """
    secret = unicodedata.normalize("NFC", password).encode()
    computed: dict[str, str] = {}
    found = None
    for index, encoded in enumerate(hashes or [_NOBODYS]):
        own, _, tail = encoded.rpartition("$")
        for head in _heads(encoded):
            if head not in computed:
                computed[head] = _tail(secret, f"{head}${tail}", is_throttled=is_throttled)
        if constant_time_compare(computed[own], tail) and hashes and found is None:
            current = _head(CURRENT, encoded)
            found = Match(index, None if own == current else f"{current}${computed[current]}")
    return found


def renew_hash(*, account: Account, renewed: str) -> None:
    """Store the renewed hash of a password, unless the password was changed meanwhile; sessions continue.

    A log-in has hashed the same password with current parameters. `account` was read before the password was compared.
    """
    changed = {
        "password": renewed,
        "first_session_hash": account.get_session_auth_hash(),
        "renewed_session_hash": Account(password=renewed).get_session_auth_hash(),
    }
    if Account.objects.filter(pk=account.pk, password=account.password).update(**changed):
        for name, value in changed.items():
            setattr(account, name, value)


def prove_password(
    *,
    password: str,
    hashes: Sequence[str],
    subject: uuid.UUID | None,
    accepted: Tag,
    refused: Tag,
    by: Actor = SYSTEM,
) -> None:
    """Compare a password apart from the log-in, and record the outcome, so that nobody tries passwords unseen.

    `password` is as typed, and `hashes` are those that it may fit. `subject` is the person concerned; `accepted` and
    `refused` are the tags of the events for a right and a wrong password; `by` is the logged-in account, if any, with
    the client's IP address. Call this outside of any transaction that might be rolled back. Raise `WrongPasswordError`,
    or `OverloadError` on overload.
    """
    is_right = match_password(password=password, hashes=hashes) is not None
    record_event(
        tag=accepted if is_right else refused,
        by=by,
        subject=subject,
        details={"by": "password"},
    )
    if not is_right:
        raise WrongPasswordError


def _heads(encoded: str) -> list[str]:
    """Return a hash's own head (all but its last part), then its head with each parameter set in use.

    All of them have the salt of the given hash.
    """
    own = encoded.rpartition("$")[0]
    return list(dict.fromkeys([own, *(_head(parameters, encoded) for parameters in (CURRENT, *FORMER))]))


def _head(parameters: Parameters, encoded: str) -> str:
    name, kind, version, _, salt, _ = encoded.split("$")
    costs = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"{name}${kind}${version}${costs}${salt}"


def _tail(secret: bytes, encoded: str, *, is_throttled: bool) -> str:
    """Hash a secret with the salt and the parameters of another hash; return what follows the salt."""
    modern = "$" + encoded.partition("$")[2]
    parameters = argon2.extract_parameters(modern)
    salt = modern.split("$")[4]
    with hashing_slot(is_throttled=is_throttled):
        computed = run_in_hash_pool(
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

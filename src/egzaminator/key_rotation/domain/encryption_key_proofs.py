"""The check that the encryption keys are those that the stored values were encrypted with.

Each key has encrypted a value of its own when its id was first seen, an empty text. Opening that value proves the key,
and costs the same whatever the register's size.
"""

from typing import Final

from django.conf import settings
from django.db import connection, transaction

from egzaminator.core.encryption import (
    EncryptionKeyChangedError,
    UndecryptableError,
    decrypt_bytes,
    encrypt_bytes,
    heading_of,
)
from egzaminator.key_rotation.domain.columns import encrypted_columns
from egzaminator.key_rotation.models import EncryptionKeyProof

# How many values of a column are tried for a key without a proof: enough to find one that nobody has spoiled.
_TRIED: Final = 20
_OTHER: Final = (
    "The key {} of ENCRYPTION_KEYS is not the one that values were encrypted with under this id. Put the right key "
    "back; a new key takes an id that was never used."
)
_MISSING: Final = (
    "The key {} is missing from ENCRYPTION_KEYS, and values are still encrypted with it. Put it back at the end, and "
    "run `egzaminator rotate_encryption_keys` before it is taken out."
)


def require_encryption_keys() -> None:
    """Make sure that each key opens what was encrypted under its id, and that no key is missing. Note new keys.

    Raise `EncryptionKeyChangedError`, which names the keys.
    """
    with transaction.atomic():
        if problems := encryption_key_problems():
            raise EncryptionKeyChangedError("\n".join(problems))
        EncryptionKeyProof.objects.exclude(key_id__in=settings.ENCRYPTION_KEYS).delete()  # nothing needs them any more
        proofs = [EncryptionKeyProof(key_id=key_id, proof=_prove(key_id)) for key_id in settings.ENCRYPTION_KEYS]
        EncryptionKeyProof.objects.bulk_create(proofs, ignore_conflicts=True)


def encryption_key_problems() -> list[str]:
    """Return what is wrong with the keys, in words. Reads whole columns for a key that is new or missing, only then."""
    noted = _read_proofs()
    unproved = [key_id for key_id in settings.ENCRYPTION_KEYS if key_id not in noted]
    others = wrong_keys() + [key_id for key_id in unproved if not _opens_anything(key_id)]
    missing = [key_id for key_id in noted if key_id not in settings.ENCRYPTION_KEYS and _sample(key_id, most=1)]
    return [_OTHER.format(key_id) for key_id in others] + [_MISSING.format(key_id) for key_id in missing]


def wrong_keys() -> list[str]:
    """Return the ids of the keys that do not open their proofs. One query, which never waits."""
    noted = _read_proofs()
    return [
        key_id for key_id in settings.ENCRYPTION_KEYS if key_id in noted and not _opens(noted[key_id], _context(key_id))
    ]


def _read_proofs() -> dict[str, bytes]:
    return {row.key_id: bytes(row.proof) for row in EncryptionKeyProof.objects.order_by("key_id")}


def _context(key_id: str) -> str:
    return f"key_rotation.proof:{key_id}"


def _prove(key_id: str) -> bytes:
    return encrypt_bytes(b"", context=_context(key_id), key_id=key_id)


def _opens(value: bytes, context: str) -> bool:
    try:
        decrypt_bytes(value, context=context)
    except UndecryptableError:
        return False
    return True


def _opens_anything(key_id: str) -> bool:
    """Return whether a key opens a stored value that names it, or there is none."""
    found = _sample(key_id, most=_TRIED)
    return not found or any(_opens(value, context) for value, context in found)


def _sample(key_id: str, *, most: int) -> list[tuple[bytes, str]]:
    """Return some of the stored values that a key of this id has encrypted, with their contexts."""
    heading = heading_of(key_id)
    found = []
    with connection.cursor() as cursor:
        for column in encrypted_columns():
            cursor.execute(
                f"SELECT {column.key}, {column.column} FROM {column.table}"  # noqa: S608 -- the model's own names
                f" WHERE substring({column.column} FROM 1 FOR %s) = %s LIMIT %s",
                [len(heading), heading, most],
            )
            found += [(bytes(value), column.field.context(row_id)) for row_id, value in cursor.fetchall()]
    return found

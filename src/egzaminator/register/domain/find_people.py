"""Matching the rows of a register file with the register's examiners."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db import connection

from egzaminator.kernel.encryption import encrypt
from egzaminator.kernel.pesel import Pesel
from egzaminator.register.domain.find_examiner import pesel_index
from egzaminator.register.domain.parse_cells import Numbered
from egzaminator.register.domain.parse_row import RegisterRow
from egzaminator.register.models import new_salt, pesel_context

# The values are passed as arrays: a list of so many literals takes longer to parse than to look up.
_KNOWN: Final = """
SELECT id, pesel_index, identifier_key FROM register_examiner WHERE pesel_index = ANY(%s)
UNION ALL
SELECT id, pesel_index, identifier_key FROM register_examiner WHERE identifier_key = ANY(%s)
"""


class Person(NamedTuple):
    """The examiner that a row is about: the id and, for a new examiner, the columns that only a new row needs."""

    id: uuid.UUID
    is_new: bool = False
    pesel_index: bytes | None = None
    pesel_encrypted: bytes | None = None
    identifier: str = ""
    identifier_key: str | None = None
    password_salt: str = ""


def find_people(*, rows: Sequence[RegisterRow], secret: bytes) -> list[Person]:
    """Return the person of each row, in one query.

    Takes a batch of rows and a secret that is the same for the whole file. A new examiner's id is an HMAC of their
    PESEL or identifier under that secret. So a person has one id wherever in the file their rows are, and without the
    secret nobody can recompute an id from a PESEL.
    """
    keys = [_key(row) for row in rows]
    people = _find_known(keys)
    for key, row in zip(keys, rows, strict=True):
        if key not in people:
            people[key] = _new_person(key, row, secret)
    return [people[key] for key in keys]


def _key(row: RegisterRow) -> bytes | str:
    """Return the key to look a row's person up by: the blind index of the PESEL, or the normalised identifier."""
    return pesel_index(row.person) if isinstance(row.person, Pesel) else row.person.key


def _find_known(keys: Sequence[bytes | str]) -> dict[bytes | str, Person]:
    indexes = [key for key in keys if isinstance(key, bytes)]
    identifiers = [key for key in keys if isinstance(key, str)]
    people: dict[bytes | str, Person] = {}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [indexes, identifiers])
        for examiner_id, index, identifier_key in cursor.fetchall():
            person = Person(examiner_id)
            if index is not None:
                people[bytes(index)] = person
            if identifier_key is not None:
                people[identifier_key] = person
    return people


def _new_person(key: bytes | str, row: RegisterRow, secret: bytes) -> Person:
    seed = key if isinstance(key, bytes) else key.encode()
    examiner_id = uuid.UUID(bytes=hmac.digest(secret, seed, hashlib.sha256)[:16], version=4)
    if isinstance(row.person, Numbered):
        return Person(examiner_id, True, None, None, *row.person, new_salt())
    sealed = encrypt(row.person.digits, context=pesel_context(examiner_id))
    return Person(examiner_id, True, seed, sealed, password_salt=new_salt())

"""The one look-up of a person in the register: by PESEL, by board-issued identifier, by registration number."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from egzaminator.core.encryption import blind_index, encrypt
from egzaminator.core.pesel import NotAPeselError, Pesel, parse_pesel
from egzaminator.core.text import compact, has_forbidden_characters
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.domain.parse_row import RegisterRow
from egzaminator.register.models import PESEL_PURPOSE, Examiner, new_salt, pesel_context


def pesel_index(pesel: Pesel) -> bytes:
    """Return the blind index of a PESEL: 32 bytes."""
    return blind_index(pesel.digits, purpose=PESEL_PURPOSE)


def name_key(name: str) -> str:
    """Return the normal form of a login name, known or not. Two spellings of one name have the same normal form."""
    try:
        return parse_pesel(name).digits
    except NotAPeselError:
        return compact(name)


def find_examiner(*, name: str) -> Examiner | None:
    """Return the examiner with a PESEL or a board-issued identifier, as typed, or None if there is no such examiner."""
    return examiners_called(name=name).first()


def examiners_called(*, name: str) -> QuerySet[Examiner]:
    """Return the query for the examiner with a PESEL or a board-issued identifier, as typed: one row or none.

    For callers that need more than the examiner from the same query.
    """
    column, key = column_and_key(name=name)
    return Examiner.objects.filter(Q((column, key)))


def column_and_key(*, name: str) -> tuple[Literal["pesel_index", "identifier_key"], bytes | str]:
    """Return the unique column in which a PESEL or a board-issued identifier, as typed, is looked up, and its key."""
    try:
        return "pesel_index", pesel_index(parse_pesel(name))
    except NotAPeselError:
        return "identifier_key", _typed_key(name)


def examiners_numbered(*, number: str) -> QuerySet[Examiner]:
    """Return the query for the examiner with a registration number, as typed: one row or none."""
    return Examiner.objects.filter(entries__number_key=_typed_key(number))


def _typed_key(text: str) -> str:
    """Return the key of an identifier or number. It is "", which none has, if PostgreSQL would reject the text."""
    key = compact(text)
    return "" if has_forbidden_characters(key) else key


# The values are passed as arrays: a list of so many literals takes longer to parse than to look up.
_KNOWN: Final = """
SELECT id, pesel_index, identifier_key, address_encrypted FROM register_examiner WHERE pesel_index = ANY(%s)
UNION ALL
SELECT id, pesel_index, identifier_key, address_encrypted FROM register_examiner WHERE identifier_key = ANY(%s)
"""


class MatchedExaminer(NamedTuple):
    """The examiner that a row is about: the id and, for a new examiner, the columns that only a new row needs."""

    id: uuid.UUID
    is_new: bool = False
    pesel_index: bytes | None = None
    pesel_encrypted: bytes | None = None
    identifier: str = ""
    identifier_key: str | None = None
    password_salt: str = ""
    address_encrypted: bytes | None = None
    """As the register has it, of a known examiner too."""


def match_examiners(*, rows: Sequence[RegisterRow], secret: bytes) -> list[MatchedExaminer]:
    """Return the examiner of each row of a register file, known or new, in one query for the batch.

    `secret` is the same for all batches of a file. A new examiner's id is an HMAC of their PESEL or identifier under
    it. So a person has one id wherever in the file their rows are, and without the secret nobody can recompute an id
    from a PESEL.
    """
    keys = [_key(row) for row in rows]
    matched = _find_known(keys)
    for key, row in zip(keys, rows, strict=True):
        if key not in matched:
            matched[key] = _new_examiner(key, row, secret)
    return [matched[key] for key in keys]


def _key(row: RegisterRow) -> bytes | str:
    """Return what a row's examiner is matched by: the blind index of the PESEL, or the identifier's key."""
    return pesel_index(row.person) if isinstance(row.person, Pesel) else row.person.key


def _find_known(keys: Sequence[bytes | str]) -> dict[bytes | str, MatchedExaminer]:
    indexes = [key for key in keys if isinstance(key, bytes)]
    identifiers = [key for key in keys if isinstance(key, str)]
    known: dict[bytes | str, MatchedExaminer] = {}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [indexes, identifiers])
        for examiner_id, index, identifier_key, postal_address in cursor.fetchall():
            examiner = MatchedExaminer(examiner_id, address_encrypted=postal_address)
            if index is not None:
                known[bytes(index)] = examiner
            if identifier_key is not None:
                known[identifier_key] = examiner
    return known


def _new_examiner(key: bytes | str, row: RegisterRow, secret: bytes) -> MatchedExaminer:
    seed = key if isinstance(key, bytes) else key.encode()
    examiner_id = uuid.UUID(bytes=hmac.digest(secret, seed, hashlib.sha256)[:16], version=4)
    if isinstance(row.person, Identifier):
        return MatchedExaminer(examiner_id, True, None, None, *row.person, new_salt())
    encrypted = encrypt(row.person.digits, context=pesel_context(examiner_id))
    return MatchedExaminer(examiner_id, True, seed, encrypted, password_salt=new_salt())

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from egzaminator.kernel.encryption import encrypt
from egzaminator.kernel.pesel import Pesel
from egzaminator.register.domain.find_examiner import pesel_index
from egzaminator.register.domain.parse_cells import Numbered
from egzaminator.register.domain.parse_row import RegisterRow
from egzaminator.register.models import Examiner, new_salt, pesel_context


class Person(NamedTuple):
    """Whom a row is about: the id of an examiner, and for one not known yet, what only a new row of theirs holds."""

    id: uuid.UUID
    is_new: bool = False
    pesel_index: bytes | None = None
    pesel_encrypted: bytes | None = None
    identifier: str = ""
    identifier_key: str | None = None
    password_salt: str = ""


def find_people(*, rows: Sequence[RegisterRow], secret: bytes) -> list[Person]:
    """Tell whom each row is about, by one query.

    Takes some rows of a file and a secret that is the same for all of them. New examiners' ids are made of it and of
    who they are, so that a person gets one id wherever in the file their rows are; without the secret, nobody can make
    the id of a PESEL again.
    """
    keys = [_key(row) for row in rows]
    people = _find_known(keys)
    for key, row in zip(keys, rows, strict=True):
        if key not in people:
            people[key] = _new_person(key, row, secret)
    return [people[key] for key in keys]


def _key(row: RegisterRow) -> bytes | str:
    """Give what a row's person is found by: the index of the PESEL, or the identifier as it is compared."""
    return pesel_index(row.person) if isinstance(row.person, Pesel) else row.person.key


def _find_known(keys: Sequence[bytes | str]) -> dict[bytes | str, Person]:
    indexes = [key for key in keys if isinstance(key, bytes)]
    identifiers = [key for key in keys if isinstance(key, str)]
    known = Examiner.objects.filter(pesel_index__in=indexes) | Examiner.objects.filter(identifier_key__in=identifiers)
    people: dict[bytes | str, Person] = {}
    for examiner_id, index, identifier_key in known.values_list("id", "pesel_index", "identifier_key"):
        person = Person(examiner_id)
        if index is not None:
            people[bytes(index)] = person
        if identifier_key is not None:
            people[identifier_key] = person
    return people


def _new_person(key: bytes | str, row: RegisterRow, secret: bytes) -> Person:
    seed = key if isinstance(key, bytes) else key.encode()
    digest = hmac.digest(secret, seed, hashlib.sha256)
    person = Person(uuid.UUID(bytes=digest[:16], version=4), is_new=True, password_salt=new_salt())
    if isinstance(row.person, Numbered):
        return person._replace(identifier=row.person.text, identifier_key=row.person.key)
    sealed = encrypt(row.person.digits, context=pesel_context(person.id))
    return person._replace(pesel_index=seed, pesel_encrypted=sealed)

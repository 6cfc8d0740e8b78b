"""The rows of a checked file as they were parsed, in a stored file: what the job that applies them reads."""

import datetime
import json
from collections.abc import Iterator, Sequence
from typing import Any

from egzaminator.core.pesel import Pesel
from egzaminator.core.postal_address import PostalAddress
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.domain.name_keys import NameKeys
from egzaminator.register.domain.parse_row import RegisterRow
from egzaminator.register.enums import DecisionKind
from egzaminator.stored_files.domain.seekable import open_stored_file
from egzaminator.stored_files.models import StoredFile


def dump_rows(rows: Sequence[RegisterRow]) -> bytes:
    """Return a batch of rows as one line of a parsed file."""
    return json.dumps([_as_data(row) for row in rows], ensure_ascii=False).encode() + b"\n"


def load_rows(file: StoredFile) -> Iterator[tuple[list[RegisterRow], float]]:
    """Yield the batches of a parsed file, each with the share of the file that was read.

    Raise `UndecryptableError` or `FileGoneError`.
    """
    with open_stored_file(file) as content:
        for line in content:
            yield [_as_row(data) for data in json.loads(line)], content.tell() / file.size


def _as_data(row: RegisterRow) -> list[Any]:
    person = [row.person.digits] if isinstance(row.person, Pesel) else [*row.person]
    return [person, *row[:1], *row[2:-1], row.decided_on.toordinal()]


def _as_row(data: list[Any]) -> RegisterRow:
    person, line, first_names, surname, keys, email, postal_address, number, scope, kind, reference, decided_on = data
    return RegisterRow(
        line=line,
        person=Pesel(*person) if len(person) == 1 else Identifier(*person),
        first_names=first_names,
        surname=surname,
        name_keys=NameKeys(*keys),
        email=email,
        postal_address=postal_address and PostalAddress(*postal_address),
        number=Identifier(*number),
        scope=scope,
        kind=DecisionKind(kind),
        reference=reference,
        decided_on=datetime.date.fromordinal(decided_on),
    )

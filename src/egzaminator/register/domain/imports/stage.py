"""The rows of a register file on their way into the register."""

import hashlib
import os
from collections.abc import Sequence
from typing import Final

from django.db.backends.utils import CursorWrapper

from egzaminator.audit.domain.events import undecryptable_recorded
from egzaminator.core.encryption import decrypt, encrypt
from egzaminator.core.text import compact
from egzaminator.register.domain.examiners import MatchedExaminer, match_examiners
from egzaminator.register.domain.parse_row import RegisterRow
from egzaminator.register.models import Scope, address_context

# For each column of the table: its SQL declaration, and the type of the binary COPY.
_COLUMNS: Final = {
    "line": ("integer NOT NULL", "int4"),
    "examiner_id": ("uuid NOT NULL", "uuid"),
    "is_new": ("boolean NOT NULL", "bool"),
    "pesel_index": ("bytea", "bytea"),
    "pesel_encrypted": ("bytea", "bytea"),
    "identifier": ("text NOT NULL", "text"),
    "identifier_key": ('text COLLATE "C"', "text"),
    "password_salt": ("text NOT NULL", "text"),
    "surname": ("text NOT NULL", "text"),
    "surname_key": ('text COLLATE "C" NOT NULL', "text"),
    "first_names": ("text NOT NULL", "text"),
    "first_names_key": ('text COLLATE "C" NOT NULL', "text"),
    "sort_key": ('text COLLATE "C" NOT NULL', "text"),
    "search_key": ('text COLLATE "C" NOT NULL', "text"),
    "email": ("text NOT NULL", "text"),
    "address_encrypted": ("bytea", "bytea"),
    "number": ("text NOT NULL", "text"),
    "number_key": ('text COLLATE "C" NOT NULL', "text"),
    "scope_id": ("bigint NOT NULL", "int8"),
    "kind": ("text NOT NULL", "text"),
    "reference": ("text NOT NULL", "text"),
    "decided_on": ("date NOT NULL", "date"),
}
_CREATE: Final = f"CREATE TEMPORARY TABLE staged_row ({', '.join(f'{n} {d}' for n, (d, _) in _COLUMNS.items())})"
_COPY: Final = f"COPY staged_row ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_TYPES: Final = [copied_as for _, copied_as in _COLUMNS.values()]
# The columns of `MatchedExaminer` that are staged as they are: all but the address.
_OF_NEW: Final = len(MatchedExaminer._fields) - 1
# In the order that whoever locks several people takes them in.
_LOCK_PEOPLE: Final = """
SELECT count(*) FROM (
    SELECT FROM register_examiner WHERE id IN (SELECT examiner_id FROM staged_row WHERE NOT is_new)
    ORDER BY id FOR NO KEY UPDATE
) locked
"""


class Stage:
    """A temporary table, `staged_row`, with the rows of a register file on their way into the register.

    The table lives until `clear` or the end of the transaction. It holds no PESEL and no
    postal address in plain text.
    """

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self._secret = os.urandom(hashlib.sha256().digest_size)
        self._scopes = {compact(code): pk for code, pk in Scope.objects.order_by("-id").values_list("code", "id")}
        self._new_scopes: dict[int, str] = {}
        cursor.execute(_CREATE)

    def add(self, rows: Sequence[RegisterRow]) -> None:
        """Add a batch of rows, no larger than memory allows."""
        people = match_examiners(rows=rows, secret=self._secret)
        scopes = [self._scope(row.scope) for row in rows]
        with self.cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row, person, scope in zip(rows, people, scopes, strict=True):
                copy.write_row(
                    (
                        row.line,
                        *person[:_OF_NEW],
                        row.surname,
                        compact(row.surname),
                        row.first_names,
                        compact(row.first_names),
                        *row.name_keys,
                        row.email,
                        _address(row, person),
                        *row.number,
                        scope,
                        row.kind.value,
                        row.reference,
                        row.decided_on,
                    )
                )

    def finish(self) -> None:
        """Analyse the columns that the table is joined by. Autovacuum never analyses a temporary table."""
        self.cursor.execute("ANALYZE staged_row (line, examiner_id, number_key)")

    def lock_people(self) -> None:
        """Lock the register's people that the rows are about: nobody corrects between the plan and what is written.

        Who logs in for the first time does not wait for it (`locks`).
        """
        self.cursor.execute(_LOCK_PEOPLE)

    def new_scopes(self) -> list[Scope]:
        """Return the scopes of staged rows that the register does not know, not saved, in the order of the file."""
        self.cursor.execute("SELECT DISTINCT scope_id FROM staged_row WHERE scope_id = ANY(%s)", [[*self._new_scopes]])
        used = {scope_id for (scope_id,) in self.cursor.fetchall()}
        return [Scope(id=pk, code=code, name=code) for pk, code in self._new_scopes.items() if pk in used]

    def codes(self) -> dict[int, str]:
        """Return the codes of all scopes, those of new ones too, by id."""
        return dict(Scope.objects.values_list("id", "code")) | self._new_scopes

    def clear(self) -> None:
        """Drop the table."""
        self.cursor.execute("DROP TABLE staged_row")

    def _scope(self, code: str) -> int:
        key = compact(code)
        if key not in self._scopes:
            # The row is inserted late, by whoever writes: until then nobody who adds the same scope has to wait.
            self.cursor.execute("SELECT nextval(pg_get_serial_sequence('register_scope', 'id'))")
            (self._scopes[key],) = self.cursor.fetchone()
            self._new_scopes[self._scopes[key]] = code
        return self._scopes[key]


def _address(row: RegisterRow, person: MatchedExaminer) -> bytes | None:
    """Return the ciphertext of a row's address; if the register has the same one, the register's, so that SQL sees it.

    None: the row has no address, and the register's stays.
    """
    if row.postal_address is None:
        return None
    context = address_context(person.id)
    if person.address_encrypted is not None:
        with undecryptable_recorded():
            if decrypt(person.address_encrypted, context=context) == row.postal_address.as_json:
                return person.address_encrypted
    return encrypt(row.postal_address.as_json, context=context)

"""Whom a login name belongs to, and what they could log in to or with."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.utils import timezone

from egzaminator.accounts.domain.accounts import staff_with_email
from egzaminator.accounts.models import Account
from egzaminator.core.model_columns import ModelColumns
from egzaminator.onboarding.models import Claim
from egzaminator.register.domain.examiners import column_and_key, name_key
from egzaminator.register.models import Entry, Examiner

_Row = TypeVar("_Row", bound=Model)

# Written by hand: compiling them in every log-in would take longer than running them. Of the claims, of which there may
# be twenty, only what a log-in needs is read.
_EXAMINER: Final = ModelColumns(Examiner)
_ACCOUNT: Final = ModelColumns(Account)
_CLAIM: Final = ModelColumns(Claim, "id", "examiner", "password")
_ENTRY: Final = ModelColumns(Entry)
_PEOPLE: Final = {
    column: f"""
SELECT {_EXAMINER.sql}, {_ACCOUNT.sql}
FROM register_examiner LEFT JOIN accounts_account ON accounts_account.examiner_id = register_examiner.id
WHERE register_examiner.{column} = %s
"""  # noqa: S608 -- the columns come from the models; every value is a parameter
    for column in ("pesel_index", "identifier_key")
}
_CLAIMS: Final = f"""
SELECT {_CLAIM.sql} FROM onboarding_claim
WHERE examiner_id = %(examiner)s AND closed_at IS NULL AND expires_at > %(now)s
ORDER BY created_at DESC
"""  # noqa: S608 -- as above
_ENTRIES: Final = f"""
SELECT {_ENTRY.sql} FROM register_entry
JOIN register_examiner ON register_examiner.id = register_entry.examiner_id
WHERE register_entry.examiner_id = %(examiner)s AND register_examiner.deceased_on IS NULL
"""  # noqa: S608 -- as above

# Looked up in place of an unknown examiner, so that every log-in sends the same queries to the database.
NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class LoginCandidates:
    """The candidates of a log-in: everything that one login name could log in to or with."""

    account_key: str
    """Whom attempts are counted for: the person's id, or the normal form of a name that belongs to nobody."""
    examiner: Examiner | None = None
    account: Account | None = None
    claims: list[Claim] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def hashes(self) -> list[str]:
        """The password hashes to compare with: the account's, or those of the open claims.

        Empty for an account that has never set a password.
        """
        if self.account is None:
            return [claim.password for claim in self.claims]
        return [self.account.password] if self.account.has_usable_password() else []


def find_candidates(*, name: str) -> LoginCandidates:
    """Find whom a login name belongs to, and what they could log in with.

    `name` is a PESEL, a board-issued identifier, or a staff member's e-mail address. The number of queries is the same
    for every name, known or not.
    """
    with connection.cursor() as cursor:
        examiner, account = _find_person(cursor, name)
        examiner_id = examiner.id if examiner else NOBODY
        claims = _read(cursor, _CLAIM, _CLAIMS, {"examiner": examiner_id, "now": timezone.now()})
        entries = _read(cursor, _ENTRY, _ENTRIES, {"examiner": examiner_id})
    person = examiner or account
    return LoginCandidates(str(person.id) if person else name_key(name), examiner, account, claims, entries)


def _find_person(cursor: CursorWrapper, name: str) -> tuple[Examiner | None, Account | None]:
    """Find the person by the same look-ups as everybody else, but in one query that also reads the account."""
    if "@" in name:
        return None, next(iter(staff_with_email(email=name)), None)
    column, key = column_and_key(name=name)
    cursor.execute(_PEOPLE[column], [key])
    row = cursor.fetchone()
    if row is None:
        return None, None
    values = iter(row)
    examiner, account = _EXAMINER.take(values), _ACCOUNT.take(values)
    if account is not None:
        account.examiner = examiner
    return examiner, account


def _read(
    cursor: CursorWrapper,
    columns: ModelColumns[_Row],
    statement: str,
    parameters: Mapping[str, uuid.UUID | datetime.datetime],
) -> list[_Row]:
    cursor.execute(statement, parameters)
    return [row for values in cursor.fetchall() if (row := columns.take(iter(values))) is not None]

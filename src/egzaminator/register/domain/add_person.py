"""Adding one person by hand, with their first entry, under the rules of register files."""

import os
from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import encrypt
from egzaminator.core.pesel import Pesel
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.register.columns import Column
from egzaminator.register.domain.examiners import match_examiners
from egzaminator.register.domain.imports.command import holds_off_imports
from egzaminator.register.domain.match_columns import Columns
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from egzaminator.register.enums import EntryState
from egzaminator.register.errors import ImportRunsError, PersonExistsError
from egzaminator.register.models import Decision, Entry, Examiner, Scope, address_context

# A form has every column of a register file, in their order.
_ALL: Final = Columns(indexes=range(len(Column)), width=len(Column), ignored=(), headings={})
_SECRET_BYTES: Final = 32


def typed_row(typed: Mapping[Column, str]) -> RegisterRow:
    """Return what was typed as a row of a register file. Raise `BadRowsError` with every problem, by column."""
    return parse_row(line=1, cells=[typed.get(column, "") for column in Column], columns=_ALL)


def add_person(*, row: RegisterRow, reason: str, by: Actor) -> Examiner:
    """Add a person with their first entry and its decision to the register, and return them.

    The row's scope is the code of one that the register has. Raise `PersonExistsError` if the person, or the number, is
    in the register already, and `ImportRunsError` while a file is being read in.
    """
    try:
        with transaction.atomic():
            if not holds_off_imports():
                raise ImportRunsError
            require_index_key()
            return _add(row, reason, by)
    except IntegrityError:  # somebody else has just added the same
        _new_columns(row)
        raise


def _add(row: RegisterRow, reason: str, by: Actor) -> Examiner:
    examiner = Examiner.objects.create(
        **_new_columns(row),
        surname=row.surname,
        first_names=row.first_names,
        sort_key=row.name_keys.sort,
        search_key=row.name_keys.search,
        email=row.email,
        email_since=timezone.now() if row.email else None,
        email_by=by.account_id if row.email else None,
    )
    entry = Entry.objects.create(
        examiner=examiner,
        scope=Scope.objects.get(code=row.scope),
        number=row.number.text,
        number_key=row.number.key,
        state=EntryState.ACTIVE,
        entered_on=row.decided_on,
    )
    Decision.objects.create(entry=entry, kind=row.kind, reference=row.reference, decided_on=row.decided_on)
    record_event(tag=Tag.EXAMINER_ADDED, by=by, subject=examiner.id, reason=reason)
    return examiner


def _new_columns(row: RegisterRow) -> dict[str, object]:
    """Return the columns that name a new person. Raise `PersonExistsError` if the register has the person or number."""
    (person,) = match_examiners(rows=[row], secret=os.urandom(_SECRET_BYTES))
    if not person.is_new:
        column = Column.PESEL if isinstance(row.person, Pesel) else Column.IDENTIFIER
        raise PersonExistsError(person.id, column)
    owner = Entry.objects.filter(number_key=row.number.key).first()
    if owner:
        raise PersonExistsError(owner.examiner_id, Column.NUMBER)
    columns = person._asdict()
    del columns["is_new"]
    if row.postal_address:
        columns["address_encrypted"] = encrypt(row.postal_address.as_json, context=address_context(person.id))
    return columns

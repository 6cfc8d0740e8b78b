"""Which rows of a file are about whoever reads it in. Nobody acts on their own record by a file, as by hand."""

import uuid

from egzaminator.accounts.models import Account
from egzaminator.core.text import full_name
from egzaminator.register.domain.imports.plan import PlannedRow
from egzaminator.register.domain.imports.preview_rows import IsOwn
from egzaminator.staff.domain.independence import is_about_oneself, own_records


def own_rows(account_id: uuid.UUID | None) -> IsOwn:
    """Return what tells the rows about an account's owner: of their record, or about to make one theirs.

    A row that leaves their record as it is, is none: a list of the whole register holds it, too.
    """
    member = Account.objects.filter(pk=account_id).first() if account_id else None
    if member is None:  # ended since; nothing is applied for them
        return lambda _row: False
    records = own_records(member=member)

    def is_own(row: PlannedRow) -> bool:
        if row.examiner_id in records:
            return row.changes_register
        name = full_name(row.first_names, row.surname) if row.is_new_person else ""
        return is_about_oneself(name=name, email=row.email, member=member)

    return is_own

"""Locks on a person of the register, for whoever changes their record and for whoever has it changed from outside.

The rows of the register belong to staff and imports: the examiner first, then entries, then the account. An import has
them locked until its end, which takes seconds. First logins only read them. So nobody who logs in waits for an import,
they hold the rows with the weakest lock there is (`FOR KEY SHARE`), which goes together with an import's. What keeps
them apart from each other and from staff is a lock beside the rows, the person's own. Whoever takes both takes the rows
first, since they may have to wait for an import there, and must have nothing meanwhile that others wait for.
"""

import uuid

from django.db import connection

from egzaminator.register.models import Entry, Examiner


def lock_examiner(*, examiner_id: uuid.UUID) -> Examiner:
    """Lock an examiner, to change the record, in the caller's transaction; return it as it is under the lock.

    The lock leaves the examiner's key free (`FOR NO KEY UPDATE`), because an import adds entries that reference it.
    Raise `Examiner.DoesNotExist`.
    """
    examiner = Examiner.objects.select_for_update(no_key=True).get(pk=examiner_id)
    entries = Entry.objects.select_for_update(no_key=True).filter(examiner=examiner)
    list(entries.order_by("id").values_list("id"))
    _lock_person(examiner_id)
    return examiner


def hold_examiner(*, examiner_id: uuid.UUID) -> Examiner:
    """Keep others off an examiner whose record stays as it is, in the caller's transaction, for claims and accounts.

    An import does not keep anybody waiting, nor wait: what it writes happens after the caller's work. Raise
    `Examiner.DoesNotExist`.
    """
    _lock_person(examiner_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM register_examiner WHERE id = %s FOR KEY SHARE", [examiner_id])
    return Examiner.objects.get(pk=examiner_id)


def _lock_person(examiner_id: uuid.UUID) -> None:
    """Take the lock of a person. Its number is half of a random id: nobody else has it, nor another advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(examiner_id.bytes[:8], "big", signed=True)])


def lock_entry(*, entry_id: int) -> Entry:
    """Lock the examiner of an entry, and then the entry; return it, with both, as it is under the locks.

    Raise `Entry.DoesNotExist`.
    """
    while True:
        examiner_id = Entry.objects.values_list("examiner_id", flat=True).get(pk=entry_id)
        examiner = lock_examiner(examiner_id=examiner_id)
        entry = Entry.objects.select_for_update(of=("self",), no_key=True).select_related("scope").get(pk=entry_id)
        if entry.examiner_id == examiner_id:  # else two records have been joined meanwhile
            entry.examiner = examiner
            return entry


def lock_entries(*, examiner: Examiner) -> list[Entry]:
    """Lock all entries of a locked examiner; return them as they are under the locks."""
    entries = Entry.objects.select_for_update(of=("self",), no_key=True).filter(examiner=examiner)
    return list(entries.select_related("scope").order_by("id"))

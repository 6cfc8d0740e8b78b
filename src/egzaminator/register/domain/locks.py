"""Row locks of the register. Whoever locks several rows takes the examiner first, then entries, then the account."""

import uuid

from egzaminator.register.models import Entry, Examiner


def lock_examiner(*, examiner_id: uuid.UUID) -> Examiner:
    """Lock an examiner's row in the caller's transaction; return it as it is under the lock.

    The lock leaves the examiner's key free (`FOR NO KEY UPDATE`), because an import adds entries that reference it.
    Raise `Examiner.DoesNotExist`.
    """
    return Examiner.objects.select_for_update(no_key=True).get(pk=examiner_id)


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

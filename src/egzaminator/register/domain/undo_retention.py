"""The end of what an import can be undone by, and of the people whom an undoing took back."""

from typing import Final

from django.db import transaction
from django.db.models import Q

from egzaminator.audit.domain.staff_texts import texts_about
from egzaminator.audit.retention_rules import IMPORT_CHANGES, IMPORT_RECORDS, TAKEN_BACK
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Examiner, FormerValue, Import, ImportedPerson

_AT_ONCE: Final = 1000
_UNDOING: Final = (ImportState.UNDO_ASKED, ImportState.UNDOING)


def forget_changes() -> int:
    """Delete what imports changed, once they cannot be undone any more, and return of how many people.

    Of an import that was undone it stays as long after that. Whose data an import wrote stays known.
    """
    before = IMPORT_CHANGES.before
    over = Import.objects.filter(Q(undone_at=None) | Q(undone_at__lte=before), applied_at__lte=before)
    people = ImportedPerson.objects.filter(source__in=over.exclude(state__in=_UNDOING))
    return people.filter(changes_encrypted__isnull=False).update(changes_encrypted=None)


def delete_taken_back() -> int:
    """Delete the people who were taken back long enough ago, with their former values, and return how many.

    Nothing else refers to them: whoever had anything more was not taken back.
    """
    total = 0
    while True:
        with transaction.atomic():
            gone = Examiner.objects.select_for_update(skip_locked=True).filter(taken_back_at__lte=TAKEN_BACK.before)
            ids = [examiner.pk for examiner in gone.only("pk")[:_AT_ONCE]]
            texts_about(subjects=ids).delete()
            FormerValue.objects.filter(examiner__in=ids).delete()
            Examiner.objects.filter(pk__in=ids).delete()
        total += len(ids)
        if len(ids) < _AT_ONCE:
            return total


def delete_old_imports() -> int:
    """Delete the records of imports as old as the events, with whose data they wrote; return how many imports."""
    old = Import.objects.filter(uploaded_at__lte=IMPORT_RECORDS.before).exclude(state__in=_UNDOING)
    ids = list(old.values_list("pk", flat=True))
    old.filter(pk__in=ids).delete()
    return len(ids)

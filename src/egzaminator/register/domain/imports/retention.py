"""The end of imports that nobody applied, and of what staff had uploaded when their account ends."""

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef

from egzaminator.audit.retention_rules import IMPORTS
from egzaminator.register.domain.imports.browser import forget_rows
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Import, ImportRow

# In these states an import has written nothing.
_OPEN = (ImportState.WAITING, ImportState.CHECKING, ImportState.CHECKED, ImportState.ASKED, ImportState.APPLYING)
_IDLE = (ImportState.CHECKED, ImportState.REFUSED, ImportState.FAILED, ImportState.APPLIED)


def give_up_expired() -> int:
    """Forget the rows of files whose day is over, give up those that nobody applied, and return how many these are."""
    count = 0
    with transaction.atomic():
        mine = Import.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        over = mine.filter(state__in=_IDLE, uploaded_at__lte=IMPORTS.before)
        for one in over.filter(Exists(ImportRow.objects.filter(source=OuterRef("pk")))):
            forget_rows(one)
            if one.state == ImportState.CHECKED:
                one.state = ImportState.GIVEN_UP
                one.save(update_fields=["state"])
                count += 1
    return count


def stop_imports_of(*, uploader: uuid.UUID) -> None:
    """Give up what an account uploaded and nobody has applied yet, in the caller's transaction. A job on it stops."""
    mine = Import.objects.select_for_update(no_key=True).filter(uploader=uploader, state__in=_OPEN)
    for one in mine:
        forget_rows(one)
        one.state = ImportState.GIVEN_UP
        one.save(update_fields=["state"])

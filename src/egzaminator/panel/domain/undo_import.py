"""The undoing of an import: who may ask for it and until when, and the job that does it.

A batch of people is one transaction. So whoever logs in for the first time or activates waits for a batch at most, and
not for the whole file; a job that is killed goes on with whoever is left (decision 47).
"""

import datetime
import uuid
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event, record_undecryptable
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import UndecryptableError
from egzaminator.panel.domain.undo_people import set_apart, undo_people
from egzaminator.register.domain.imports.command import lock_imports
from egzaminator.register.domain.imports.jobs import UNDO_TASK, change_mine, start_task, work_on
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.enums import ImportState, UndoOutcome
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Import, Scope

UNDO: Final = "register.add_import"
# So few that nobody waits for a second, also if each of them has an account and is told.
_AT_ONCE: Final = 50


def may_import(account_id: uuid.UUID | None) -> bool:
    """Return whether an account may read files into the register, and undo that. It may have ended since it asked."""
    member = Account.objects.filter(pk=account_id).first() if account_id else None
    return member is not None and member.is_active and member.has_perm(UNDO)


def undo_until(one: Import) -> datetime.datetime | None:
    """Return until when an import may be undone; None if it was not applied, or is being undone, or was.

    One that was applied and failed since, failed while it was being undone: it may be asked for again.
    """
    if one.applied_at is None or one.state not in {ImportState.APPLIED, ImportState.FAILED}:
        return None
    return one.applied_at + datetime.timedelta(days=settings.KEEP_IMPORT_CHANGES_DAYS)


def may_be_undone(one: Import) -> bool:
    """Return whether an import may be undone now."""
    until = undo_until(one)
    return until is not None and until > timezone.now()


def ask_to_undo(*, one: Import, reason: str, by: Actor) -> None:
    """Have an applied import undone by a job.

    Raise `ImportNotReadyError` if somebody was quicker, or it is too late.
    """
    with transaction.atomic():
        found = Import.objects.select_for_update(no_key=True).get(pk=one.pk)
        if not may_be_undone(found):
            raise ImportNotReadyError
        found.undo_reason = keep_text(text=reason, subject=found.pk, by=by)
        found.state, found.undone_by, found.attempts, found.percent = ImportState.UNDO_ASKED, by.account_id, 0, 0
        found.save(update_fields=["state", "undone_by", "undo_reason", "attempts", "percent"])
        _record(Tag.IMPORT_UNDO_ASKED, found, by)
        start_task(UNDO_TASK)


def undo_import() -> None:
    """Undo the oldest import that is due, if any. If it fails, it may be asked for again, for whoever is left."""
    with work_on(UNDO_TASK) as (one, _progress):
        if one is not None:
            _undo(one)


def _undo(one: Import) -> None:
    member = Account.objects.filter(pk=one.undone_by).first() if one.undone_by else None
    if member is None or not may_import(member.pk):  # dismissed since they asked
        change_mine(one, state=ImportState.FAILED)
        return
    total, done = one.people.count(), one.people.exclude(undo_outcome="").count()
    waiting = one.people.filter(undo_outcome="").order_by("examiner_id")
    last = uuid.UUID(int=0)
    while people := list(waiting.filter(examiner_id__gt=last)[:_AT_ONCE]):
        last, done = people[-1].examiner_id, done + len(people)
        apart = set_apart(people=people, member=member)
        with transaction.atomic(), connection.cursor() as cursor:
            lock_imports(cursor)
            undo_people(one=one, people=people, apart=apart)
            change_mine(one, percent=100 * done // total)
    with transaction.atomic():
        _finish(one)


def _finish(one: Import) -> None:
    outcomes = dict(one.people.values_list("undo_outcome").annotate(Count("id")).order_by())
    counts = {
        "taken_back": outcomes.get(UndoOutcome.TAKEN_BACK, 0),
        "returned": outcomes.get(UndoOutcome.RETURNED, 0),
        "left": sum(outcomes.get(why, 0) for why in UndoOutcome.left()),
        "removed_scopes": _remove_scopes(one),
    }
    change_mine(
        one, state=ImportState.UNDONE, percent=100, undone_at=timezone.now(), counts={**one.counts, "undo": counts}
    )
    _record(Tag.IMPORT_UNDONE, one, Actor(one.undone_by), counts)


def _remove_scopes(one: Import) -> int:
    """Delete the scopes that the import made, and that nobody gave a kind or an entry since. Return how many."""
    try:
        codes = ImportReport.of(one).new_scopes
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        return 0
    made = Scope.objects.select_for_update().filter(code__in=codes, exam_kind="")
    unused = [scope.pk for scope in made.order_by("pk") if not scope.entries.exists()]
    return Scope.objects.filter(pk__in=unused).delete()[0]


def _record(tag: Tag, one: Import, by: Actor, counts: dict[str, int] | None = None) -> None:
    # Its subject would be a person.
    record_event(tag=tag, by=by, details={"import": str(one.pk), **(counts or {})}, reason=one.undo_reason or "")

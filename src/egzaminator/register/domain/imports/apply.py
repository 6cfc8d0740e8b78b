"""The job that applies a checked import: all of it, as it was previewed, or nothing."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from egzaminator.core.encryption import decrypt
from egzaminator.register.domain.imports.browser import forget_rows
from egzaminator.register.domain.imports.command import ROWS_AT_ONCE, lock_imports, prepare, record_import, write_staged
from egzaminator.register.domain.imports.conflicts import find_conflicts
from egzaminator.register.domain.imports.corrections import KeptValue, keep_corrected, keep_replaced, put_present_keys
from egzaminator.register.domain.imports.jobs import APPLY_TASK, Progress, change_mine, start_task, work_on
from egzaminator.register.domain.imports.parsed_rows import load_rows
from egzaminator.register.domain.imports.plan import clear_plan, make_plan
from egzaminator.register.domain.imports.preview_rows import (
    IsOwn,
    OwnRows,
    ShownRow,
    count_rows,
    does,
    encrypt_shown,
    shown_rows,
)
from egzaminator.register.domain.imports.stage import Stage
from egzaminator.register.domain.write_rows import STATEMENTS
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import ImportStoppedError
from egzaminator.register.models import Import, ImportRow, shown_context
from egzaminator.stored_files.errors import FileGoneError

_READ: Final = 0.2
_COMPARED: Final = 0.35
_WRITTEN: Final = 0.8


def apply_import(*, may_apply: Callable[[uuid.UUID | None], bool], own_rows: OwnRows) -> None:
    """Apply the oldest import that is due, if any.

    `may_apply` says whether the account that uploaded it may still read files into the register, and `own_rows` which
    rows are its own: these may have become so after the check. If the register changed under a row after the file was
    checked, nothing is written: the import is checked again, and these rows say that they moved.
    """
    with work_on(APPLY_TASK) as (one, progress):
        if one is None:
            return
        if not may_apply(one.uploader):
            raise ImportStoppedError
        try:
            _apply(one, progress, own_rows(one.uploader))
        except IntegrityError:
            # Somebody has just given a number of the file to an entry by hand. The next attempt finds it, and shows it.
            with transaction.atomic():
                start_task(APPLY_TASK)


def _apply(one: Import, progress: Progress, is_own: IsOwn) -> None:
    if one.parsed is None:
        raise FileGoneError
    with transaction.atomic(), connection.cursor() as cursor:
        lock_imports(cursor)
        prepare(cursor)
        stage = Stage(cursor)
        for rows, share in load_rows(one.parsed):
            stage.add(rows)
            progress(_READ * share)
        stage.finish()
        stage.lock_people()
        taken = _plan_again(one, cursor, stage, is_own)
        if ImportRow.objects.filter(source=one, is_moved=True).exists():
            counts = count_rows(one) | {"new_scopes": len(stage.new_scopes())}
            again = {"state": ImportState.CHECKED, "percent": 100, "attempts": 0, "asked_at": None}
            change_mine(one, **again, checked_at=timezone.now(), counts=counts)
        else:
            keep_replaced(cursor, taken, by=one.uploader)
            _write(one, cursor, stage, progress)
        clear_plan(cursor)
        stage.clear()


def _plan_again(one: Import, cursor: CursorWrapper, stage: Stage, is_own: IsOwn) -> list[KeptValue]:
    """Make the plan, and mark in the preview the rows that do now something else than was previewed.

    Return the corrected values that staff chose to have replaced.
    """
    problems = list(find_conflicts(cursor))
    ticked = set(ImportRow.objects.filter(source=one, is_ticked=True).values_list("line", flat=True))
    kept = put_present_keys(cursor)
    make_plan(cursor)
    corrected = keep_corrected(cursor, codes=stage.codes(), ticked=ticked)
    told = shown_rows(kept=kept + corrected, problems=problems, codes=stage.codes(), is_own=is_own)
    with closing(told) as rows:  # its cursor must not outlive this transaction
        moved = _moved(one, rows)
        while some := list(itertools.islice(moved, ROWS_AT_ONCE)):
            ImportRow.objects.bulk_update(some, _SHOWN)
    return [value for value in corrected if value.line in ticked]


def _write(one: Import, cursor: CursorWrapper, stage: Stage, progress: Progress) -> None:
    steps = itertools.count(1)
    progress(_COMPARED)
    new_scopes, changes = write_staged(
        cursor,
        stage,
        by=one.uploader,
        step=lambda: progress(_COMPARED + (_WRITTEN - _COMPARED) * next(steps) / STATEMENTS),
    )
    # From here on this transaction holds the import's row, which progress is written to.
    change_mine(one, state=ImportState.APPLIED, percent=100, applied_at=timezone.now())
    record_import(one, new_scopes=new_scopes, changes=changes)
    forget_rows(one)


_SHOWN: Final = ["outcome", "examiner_id", "shown_encrypted", "is_apart", "is_ticked", "is_moved"]


def _moved(one: Import, rows: Iterator[ShownRow]) -> Iterator[ImportRow]:
    seen = ImportRow.objects.filter(source=one).order_by("line").values_list("id", "shown_encrypted")
    for (key, encrypted), row in zip(seen.iterator(chunk_size=ROWS_AT_ONCE), rows, strict=True):
        before = decrypt(encrypted, context=shown_context(key))
        if before != row.text and does(json.loads(before)) != does(row.shown):
            yield ImportRow(
                id=key,
                outcome=row.outcome,
                examiner_id=row.examiner_id,
                shown_encrypted=encrypt_shown(key, row),
                is_apart=row.is_apart,
                is_ticked=False,
                is_moved=True,
            )

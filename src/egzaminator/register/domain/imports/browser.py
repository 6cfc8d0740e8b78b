"""The imports that staff make in the browser: uploaded, checked, and applied or given up."""

import uuid
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.register.domain.imports.jobs import APPLY_TASK, CHECK_TASK, start_task
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Import, ImportRow
from egzaminator.stored_files.domain.files import complete_file, delete_file
from egzaminator.stored_files.models import StoredFile

# What the register has by then, an import has written.
_APPLIED = (ImportState.APPLIED, ImportState.UNDO_ASKED, ImportState.UNDOING, ImportState.UNDONE)


def begin_import(*, import_id: uuid.UUID, file: StoredFile, name: str, by: Actor) -> Import:
    """Have a written file checked by a job, and return its import. The same id twice makes one import.

    `name` is the file's name as its uploader has it. Raise `FileGoneError` if the file was deleted meanwhile.
    """
    with transaction.atomic():
        one = Import(id=import_id, uploader=by.account_id, file=file)
        one.report_encrypted = ImportReport(name=name).encrypted_for(one)
        Import.objects.bulk_create([one], ignore_conflicts=True)
        if Import.objects.filter(pk=import_id, file=file).exists():  # else the same id came before
            complete_file(file=file)
            _record(Tag.IMPORT_UPLOADED, one, by)
            start_task(CHECK_TASK)
    return Import.objects.select_related("file").get(pk=import_id)


def all_imports() -> QuerySet[Import]:
    """Return all imports, the newest first, in the order of `-uploaded_at`, with their files."""
    return Import.objects.select_related("file").order_by("-uploaded_at", "-id")


def same_file_before(one: Import) -> Import | None:
    """Return the last import of the very same file that was applied before, or None."""
    if one.digest is None:
        return None
    others = Import.objects.filter(digest=one.digest, state__in=_APPLIED).exclude(pk=one.pk)
    return others.order_by("-applied_at").first()


def tick(*, one: Import, lines: Collection[int], of: Collection[int], by: Actor) -> None:
    """Choose which rows apart are taken: those of `lines`, and not the others of `of`, which are all that were shown.

    Raise `ImportNotReadyError` if the import is not checked, or is somebody else's.
    """
    with transaction.atomic():
        _lock_checked(one.pk, by)
        shown = ImportRow.objects.filter(source=one, is_apart=True, line__in=of)
        shown.filter(line__in=lines).update(is_ticked=True)
        shown.exclude(line__in=lines).update(is_ticked=False)


def ask_to_apply(*, one: Import, by: Actor) -> None:
    """Have a checked import applied by a job. Raise `ImportNotReadyError` if it is not, or if rows are wrong."""
    with transaction.atomic():
        checked = _lock_checked(one.pk, by)
        if checked.counts["wrong"] or checked.parsed_id is None:
            raise ImportNotReadyError
        ImportRow.objects.filter(source=checked, is_moved=True).update(is_moved=False)
        checked.state, checked.asked_at, checked.attempts, checked.percent = ImportState.ASKED, timezone.now(), 0, 0
        checked.save(update_fields=["state", "asked_at", "attempts", "percent"])
        _record(Tag.IMPORT_ASKED, checked, by)
        start_task(APPLY_TASK)


def give_up(*, one: Import, by: Actor) -> None:
    """Give a checked import up; its rows and files are deleted. Raise `ImportNotReadyError` if it is not checked."""
    with transaction.atomic():
        checked = _lock_checked(one.pk, by)
        forget_rows(checked)
        checked.state = ImportState.GIVEN_UP
        checked.save(update_fields=["state"])
        _record(Tag.IMPORT_GIVEN_UP, checked, by)


def forget_rows(one: Import) -> None:
    """Delete what a checked import has of its file: the rows, and the files."""
    with connection.cursor() as cursor:  # Django would read all of them before it deletes them
        cursor.execute("DELETE FROM register_importrow WHERE source_id = %s", [one.pk])
    for file_id in (one.file_id, one.parsed_id):
        delete_file(file_id=file_id)


def _lock_checked(import_id: uuid.UUID, by: Actor) -> Import:
    one = Import.objects.select_for_update(no_key=True).filter(pk=import_id, state=ImportState.CHECKED).first()
    if one is None or one.uploader is None or one.uploader != by.account_id:
        raise ImportNotReadyError
    return one


def _record(tag: Tag, one: Import, by: Actor) -> None:
    record_event(tag=tag, by=by, details={"import": str(one.pk)})

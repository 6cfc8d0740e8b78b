"""The making of an export's file, by a job, in constant memory whatever its size."""

import logging
import uuid
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.core.csv_files import csv_lines
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.xlsx_files import xlsx_pieces
from egzaminator.mailings.domain.postal_letters import batches_of, people_to_write_to, zipped
from egzaminator.mailings.domain.results import refresh
from egzaminator.mailings.models import Invitation, Mailing
from egzaminator.panel.domain import export_people, recipient_rows
from egzaminator.panel.domain.exports import may_have, people_of
from egzaminator.register.domain import export_rows
from egzaminator.register.domain.exports import fail_export, finish_export, set_progress, set_rows, take_due
from egzaminator.register.domain.imports.rows_file import rows_to_correct
from egzaminator.register.domain.selections import find_selection
from egzaminator.register.enums import ExportContent, ExportFormat
from egzaminator.register.errors import ExportStoppedError
from egzaminator.register.models import Examiner, Export, Selection
from egzaminator.stored_files.domain.files import write_file
from egzaminator.stored_files.errors import FileGoneError

PURPOSE: Final = "register-export"
_NAMES: Final = {
    ExportContent.REGISTER_FILE.value: "ewidencja",
    ExportContent.PEOPLE.value: "egzaminatorzy",
    ExportContent.IMPORT_ROWS.value: "do-poprawy",
    ExportContent.LETTERS.value: "listy",
    ExportContent.RECIPIENTS.value: "odbiorcy",
}

logger = logging.getLogger(__name__)
Batches = Iterator[list[list[str]]]
# Each with the ids of whom it is about.
NamedBatches = Iterator[tuple[list[list[str]], list[uuid.UUID]]]


def make_export() -> None:
    """Make the file of the oldest export that is due, if any. What fails is named as failed, unless it was killed."""
    export = take_due()
    if export is None:
        return
    try:
        _make(export)
    except (ExportStoppedError, FileGoneError):
        logger.info("Export %s was stopped: its owner's account ended, or another job makes it", export.pk)
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        fail_export(export=export)
    except Exception:
        fail_export(export=export)
        raise


def _make(export: Export) -> None:
    owner = Account.objects.filter(pk=export.owner).first()
    selection = find_selection(selection_id=export.selection, reader=export.owner) if export.selection else None
    mailing = Mailing.objects.filter(pk=export.mailing).first() if export.mailing else None
    is_gone = (
        (export.selection and selection is None)
        or (export.mailing and mailing is None)
        or (export.source and export.source.file is None)
        or (export.invitation and not Invitation.objects.filter(pk=export.invitation).exists())
    )
    if owner is None or not may_have(member=owner, content=export.content) or is_gone:
        fail_export(export=export)
        return
    with override(settings.LANGUAGE_CODE):
        content = _letters(export) if export.invitation else _rows(export, selection, mailing)
        file = write_file(
            owner=export.owner,
            purpose=PURPOSE,
            name=f"{_NAMES[export.content]}-{timezone.localdate()}.{export.format}",
            content=content,
        )
    finish_export(export=export, file=file)


def _letters(export: Export) -> Iterator[bytes]:
    """Return a file of letters. It is recorded who is in each batch before it is made, and then the progress."""
    people = people_to_write_to(Invitation.objects.get(pk=str(export.invitation)))
    set_rows(export=export, rows=people.count())

    def counted() -> Iterator[list[Examiner]]:
        done = 0
        for batch in batches_of(people):
            record_shown(file=export.pk, people=[one.pk for one in batch])
            yield batch
            done += len(batch)
            set_progress(export=export, rows_done=done)

    return zipped(counted())


def _rows(export: Export, selection: Selection | None, mailing: Mailing | None) -> Iterator[bytes]:
    heading, count, batches = _recipients(export, mailing) if mailing else _table(export, selection)
    set_rows(export=export, rows=count)
    return _content(export, heading, _counted(export, batches))


def _table(export: Export, selection: Selection | None) -> tuple[list[str], int, NamedBatches]:
    """Return what a file holds: the names of its columns, how many rows it will have, and the rows in batches."""
    if export.source:
        heading, batches = rows_to_correct(export.source)
        # They are the rows of a file that whoever asks had themselves: of nobody whom the register knows by them.
        return heading, export.source.counts["rows"], ((rows, []) for rows in batches)
    people = people_of(selection=selection)
    if export.has_pesels:
        count = export_rows.count_register_rows(people=people)
        return export_rows.HEADING, count, export_rows.register_rows(people=people)
    heading = [str(name) for name in export_people.HEADING.values()]
    return heading, people.count(), export_people.people_rows(people=people)


def _recipients(export: Export, mailing: Mailing) -> tuple[list[str], int, NamedBatches]:
    refresh(mailing_id=mailing.pk)
    found = recipient_rows.recipients_in(mailing=mailing, state=export.recipient_state)
    heading = [str(name) for name in recipient_rows.HEADING.values()]
    return heading, found.count(), recipient_rows.recipient_rows(recipients=found)


def _counted(export: Export, batches: NamedBatches) -> Batches:
    """Yield the rows, and record of each batch whose data it holds before it is written, and then the progress."""
    done = 0
    for rows, people in batches:
        record_shown(file=export.pk, people=people)
        yield rows
        done += len(rows)
        set_progress(export=export, rows_done=done)


def _content(export: Export, heading: list[str], batches: Batches) -> Iterator[bytes]:
    if export.format == ExportFormat.XLSX:
        title = _("Recipients") if export.mailing else _("Register")
        return xlsx_pieces(title=title, heading=heading, batches=batches)
    return (text.encode() for text in csv_lines(_headed(heading, batches)))


def _headed(heading: list[str], batches: Batches) -> Batches:
    yield [heading]
    yield from batches

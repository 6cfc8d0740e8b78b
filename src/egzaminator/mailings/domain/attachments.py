"""Attachments of mailings: added and removed while it is a draft, and read by whoever it went to."""

import io
import re
import unicodedata
import uuid
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from django.db.models import QuerySet

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event, record_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.pdf_files import PdfError, PdfFault, clean_pdf
from egzaminator.mail.domain.render import one_line
from egzaminator.mailings.domain.drafts import locked_draft
from egzaminator.mailings.domain.reading import readable_by
from egzaminator.mailings.errors import TooManyAttachmentsError
from egzaminator.mailings.models import ATTACHMENT_NAME_LENGTH, Attachment, Mailing
from egzaminator.register.models import Examiner
from egzaminator.stored_files.domain.files import delete_file, keep_file, read_file, write_file

MOST: Final = 5
LARGEST_BYTES: Final = 5 * 1024 * 1024
PURPOSE: Final = "mailing-attachment"
_SUFFIX: Final = ".pdf"
_NAMELESS: Final = "zalacznik"
# What no file system takes, or what a program could read as something else than a name.
_NOT_IN_NAMES: Final = re.compile(r'[<>:"|?*%]+')
# Written anew, a file may grow: what was packed in it stands open.
_MOST_GROWTH: Final = 3


def add_attachment(*, attachment_id: uuid.UUID, mailing_id: uuid.UUID, name: str, content: bytes, by: Actor) -> None:
    """Clean a PDF and attach it to a draft. A form that was sent twice attaches it once: its id came with it.

    `name` is as it was sent. Raise `PdfError`, `NotNowError` or `TooManyAttachmentsError`.
    """
    cleaned = clean_pdf(io.BytesIO(content))
    if len(cleaned) > _MOST_GROWTH * LARGEST_BYTES:
        raise PdfError(PdfFault.TOO_MUCH)
    with locked_draft(mailing_id=mailing_id, version=None) as mailing:
        if Attachment.objects.filter(pk=attachment_id).exists():
            return
        taken = set(mailing.attachments.values_list("name", flat=True))
        if len(taken) >= MOST:
            raise TooManyAttachmentsError
        file = write_file(owner=mailing.pk, purpose=PURPOSE, name=f"{_NAMELESS}{_SUFFIX}", content=[cleaned])
        keep_file(file=file)
        Attachment.objects.create(id=attachment_id, mailing=mailing, file=file, name=_unused(file_name(name), taken))
        mailing.version += 1
        mailing.save(update_fields=["version"])
        record_event(tag=Tag.MAILING_SAVED, by=by, details={"mailing": str(mailing.pk)})


def remove_attachment(*, attachment_id: uuid.UUID, mailing_id: uuid.UUID, by: Actor) -> None:
    """Delete an attachment of a draft, if it is still there. Raise `NotNowError`."""
    with locked_draft(mailing_id=mailing_id, version=None) as mailing:
        attachment = mailing.attachments.filter(pk=attachment_id).first()
        if attachment is None:
            return
        delete_file(file_id=attachment.file_id)  # the row goes with it
        mailing.version += 1
        mailing.save(update_fields=["version"])
        record_event(tag=Tag.MAILING_SAVED, by=by, details={"mailing": str(mailing.pk)})


def attachments_of(mailing: Mailing) -> QuerySet[Attachment]:
    """Return the query for the attachments of a mailing, with their files, in the order in which they were added."""
    return mailing.attachments.select_related("file")


def readable_attachment(*, examiner: Examiner, mailing_id: uuid.UUID, attachment_id: uuid.UUID) -> Attachment | None:
    """Return an attachment of a mailing that an examiner reads now, or None."""
    mailings = readable_by(examiner).filter(mailing=mailing_id).values("mailing")
    return Attachment.objects.select_related("file").filter(pk=attachment_id, mailing__in=mailings).first()


def pieces_of(attachment: Attachment) -> Iterator[bytes]:
    """Yield the PDF. A damaged piece ends it early, so the browser reports a broken download."""
    try:
        yield from read_file(file=attachment.file)
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        raise


def file_name(sent: str) -> str:
    """Return a name as a file is offered under: on one line, without folders, and with the suffix of a PDF."""
    last = re.split(r"[/\\]", one_line(unicodedata.normalize("NFC", sent)))[-1]
    stem = _NOT_IN_NAMES.sub(" ", last)
    if stem.lower().endswith(_SUFFIX):
        stem = stem[: -len(_SUFFIX)]
    stem = " ".join(stem.split()).strip(". ")[: ATTACHMENT_NAME_LENGTH - len(_SUFFIX)].rstrip(". ")
    return f"{stem or _NAMELESS}{_SUFFIX}"


def _unused(name: str, taken: set[str]) -> str:
    stem = PurePosixPath(name).stem
    for number in range(2, MOST + 2):
        if name not in taken:
            break
        ending = f" ({number}){_SUFFIX}"
        name = f"{stem[: ATTACHMENT_NAME_LENGTH - len(ending)]}{ending}"
    return name

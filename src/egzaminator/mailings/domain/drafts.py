"""Drafts of mailings: written, changed by whoever may, and deleted."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.db import transaction

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import blind_index, encrypt
from egzaminator.mailings.domain.letter import Text
from egzaminator.mailings.enums import MailingKind, MailingState
from egzaminator.mailings.errors import MailingChangedError, NotNowError
from egzaminator.mailings.models import BODY_PURPOSE, Mailing, body_context, terms_context
from egzaminator.register.terms import Terms
from egzaminator.stored_files.domain.files import delete_files_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What staff write: cleaned and checked (`markup.py`)."""

    kind: MailingKind
    subject: str
    body: str


def begin_draft(*, mailing_id: uuid.UUID, written: Written, terms: Terms, by: Actor) -> Mailing:
    """Return a new draft for whoever matches `terms`. A form that was sent twice makes one: its id came with it."""
    with transaction.atomic():
        mailing, is_new = Mailing.objects.get_or_create(
            pk=mailing_id,
            defaults={
                **_columns(mailing_id, written),
                "terms_encrypted": encrypt(
                    json.dumps(asdict(terms), ensure_ascii=False), context=terms_context(mailing_id)
                ),
                "author": by.account_id,
            },
        )
        if is_new:
            record_event(tag=Tag.MAILING_SAVED, by=by, details={"mailing": str(mailing.pk)})
    return mailing


def save_draft(*, mailing_id: uuid.UUID, version: int, written: Written, by: Actor) -> None:
    """Change a draft that was shown in a version. Raise `NotNowError` or `MailingChangedError`."""
    with locked_draft(mailing_id=mailing_id, version=version) as mailing:
        for name, value in _columns(mailing.pk, written).items():
            setattr(mailing, name, value)
        mailing.version += 1
        mailing.save()
        record_event(tag=Tag.MAILING_SAVED, by=by, details={"mailing": str(mailing.pk)})


def delete_draft(*, mailing_id: uuid.UUID, version: int, by: Actor) -> None:
    """Delete a draft that was shown in a version. Raise `NotNowError` or `MailingChangedError`."""
    with locked_draft(mailing_id=mailing_id, version=version) as mailing:
        record_event(tag=Tag.MAILING_DELETED, by=by, details={"mailing": str(mailing.pk)})
        delete_files_of(owner=mailing.pk)
        mailing.delete()


@contextmanager
def locked_draft(*, mailing_id: uuid.UUID, version: int | None) -> Iterator[Mailing]:
    """Lock a draft in a transaction: in the version that was shown, or, with None, in any.

    Raise `NotNowError` or `MailingChangedError`.
    """
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().filter(pk=mailing_id).first()
        if mailing is None or mailing.state != MailingState.DRAFT:
            raise NotNowError
        if version not in {None, mailing.version}:
            raise MailingChangedError
        yield mailing


def text_of(mailing: Mailing) -> Text:
    """Return what staff wrote. Raise `UndecryptableError`."""
    return Text(
        mailing_id=mailing.pk,
        kind=mailing.kind,
        subject=mailing.subject,
        body=mailing.body,
        has_attachments=mailing.attachments.exists(),
    )


def _columns(mailing_id: uuid.UUID, written: Written) -> dict[str, object]:
    return {
        "kind": written.kind,
        "subject": written.subject,
        "body_encrypted": encrypt(written.body, context=body_context(mailing_id)),
        "body_index": blind_index(written.body, purpose=BODY_PURPOSE),
    }

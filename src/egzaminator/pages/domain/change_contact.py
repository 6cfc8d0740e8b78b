import uuid
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.pages.models import BoardSettings
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority

# How examiners reach the board, and where it hears of what is wrong: whoever turns these to themselves is believed.
CONTACT_FIELDS: Final = ("phone", "fax", "email", "data_protection_email", "security_email")


def change_contact(*, contact: Mapping[str, str], name: str, actor: uuid.UUID, address: str | None) -> bool:
    """Change the board's contact data; tell the mailboxes that notices went to and go to, and record it.

    Takes the new values by CONTACT_FIELDS, and who does it from which IP address. Gives whether anything has changed.
    """
    with transaction.atomic():
        BoardSettings.load()  # there is a row from now on
        row = BoardSettings.objects.select_for_update().get()
        changed = [field for field in CONTACT_FIELDS if getattr(row, field) != contact[field]]
        if not changed:
            return False
        mailboxes = {row.email, row.security_email or row.email}
        mailboxes |= {contact["email"], contact["security_email"] or contact["email"]}
        _tell(row, mailboxes, {field: contact[field] for field in changed}, name)
        for field in changed:
            setattr(row, field, contact[field])
        row.save(update_fields=changed)
        record_event(
            tag=Tag.BOARD_CONTACT_CHANGED, actor=actor, subject=actor, address=address, details={"fields": changed}
        )
    return True


def _tell(row: BoardSettings, mailboxes: set[str], changes: Mapping[str, str], name: str) -> None:
    """Write while the old data still stand, so that an answer goes to the old address."""
    with override(settings.LANGUAGE_CODE):
        names = {field.name: str(field.verbose_name) for field in row._meta.get_fields() if field.name in changes}  # noqa: SLF001 -- Django documents it
        lines = [[names[key], getattr(row, key), new] for key, new in changes.items()]
    for mailbox in sorted(mailboxes):
        queue_message(
            kind=Kind.BOARD_CONTACT,
            about=None,
            address=mailbox,
            addressee=row.name,
            language=settings.LANGUAGE_CODE,
            context={"name": name, "at": timezone.now(), "changes": lines},
            priority=Priority.NOTICE,
        )

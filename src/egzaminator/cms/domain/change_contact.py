from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.cms.models import BoardSettings
from egzaminator.mail.domain.queue import queue_email
from egzaminator.mail.enums import EmailKind, Priority

# How examiners reach the board, and where security notices go. An attacker who puts their own data here is believed by
# everybody.
CONTACT_FIELDS: Final = ("phone", "fax", "email", "data_protection_email", "security_email")


def change_contact(*, contact: Mapping[str, str], name: str, by: Actor) -> bool:
    """Change the board's contact data, notify the old and the new mailboxes by e-mail, and record an event.

    `contact` holds a value for each of `CONTACT_FIELDS`. `name` is the staff member's name as the e-mail shows it,
    and `by` is their account with its IP address. Return whether anything changed.
    """
    with transaction.atomic():
        BoardSettings.load()  # creates the row if it is missing, so that it can be locked
        row = BoardSettings.objects.select_for_update().get()
        changed = [field for field in CONTACT_FIELDS if getattr(row, field) != contact[field]]
        if not changed:
            return False
        mailboxes = {row.email, row.security_email or row.email}
        mailboxes |= {contact["email"], contact["security_email"] or contact["email"]}
        _queue_notices(row, mailboxes, {field: contact[field] for field in changed}, name)
        for field in changed:
            setattr(row, field, contact[field])
        row.save(update_fields=changed)
        record_event(tag=Tag.BOARD_CONTACT_CHANGED, by=by, subject=by.account_id, details={"fields": changed})
    return True


def _queue_notices(row: BoardSettings, mailboxes: set[str], changes: Mapping[str, str], name: str) -> None:
    """Queue the notices. Call it before the row is changed, so that a reply goes to the board's old e-mail."""
    with override(settings.LANGUAGE_CODE):
        names = {field.name: str(field.verbose_name) for field in row._meta.get_fields() if field.name in changes}  # noqa: SLF001 -- Django documents it
        lines = [[names[key], getattr(row, key), new] for key, new in changes.items()]
    for mailbox in sorted(mailboxes):
        queue_email(
            kind=EmailKind.BOARD_CONTACT,
            related_id=None,
            email=mailbox,
            recipient_name=row.name,
            language=settings.LANGUAGE_CODE,
            context={"name": name, "at": timezone.now(), "changes": lines},
            priority=Priority.NOTICE,
        )

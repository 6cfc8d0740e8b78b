"""The contents of mailings' e-mails, made by the worker when it is about to send them, and never stored."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.db import connection

from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.encryption import UndecryptableError
from egzaminator.mail.domain.queue import LeasedEmail, withdraw_leased
from egzaminator.mail.domain.render import mailbox_in_ascii
from egzaminator.mailings.domain.drafts import text_of
from egzaminator.mailings.domain.letter import Person, letter_of
from egzaminator.mailings.domain.markup import has_field
from egzaminator.mailings.domain.standing import PEOPLE
from egzaminator.mailings.enums import MailingKind, MailingState, RecipientState
from egzaminator.mailings.models import Mailing, Preference, Recipient
from egzaminator.register.models import Examiner

_LEFT_OUT: Final = f"SELECT id, left_out FROM ({PEOPLE}) person WHERE id = ANY(%(ids)s) AND left_out <> ''"  # noqa: S608 -- built from constants only


def make_contents(messages: Sequence[LeasedEmail]) -> dict[uuid.UUID, bytes | None]:
    """Return the contents of leased e-mails by their ids, as mail/domain/deliver.py sends them.

    None: it is not to be sent any more, and is taken out of the queue; because its mailing was stopped, or because its
    recipient is left out by now. There is none for an e-mail whose content cannot be decrypted.
    """
    found = Recipient.objects.filter(email_id__in=[message.id for message in messages])
    recipients = {recipient.email_id: recipient for recipient in found.select_related("examiner__mailing_preference")}
    contents: dict[uuid.UUID, bytes | None] = {}
    for mailing in Mailing.objects.filter(pk__in={one.mailing_id for one in recipients.values()}):
        own = [one for one in messages if one.id in recipients and recipients[one.id].mailing_id == mailing.pk]
        if mailing.state == MailingState.SENDING:
            contents |= _contents(mailing, own, recipients)
        else:
            contents |= {message.id: None for message in own}
    contents |= {message.id: None for message in messages if message.id not in recipients}
    withdraw_leased([message for message in messages if contents.get(message.id, b"") is None])
    return contents


def _contents(
    mailing: Mailing, messages: list[LeasedEmail], recipients: dict[uuid.UUID, Recipient]
) -> dict[uuid.UUID, bytes | None]:
    left_out = _left_out(mailing, [recipients[message.id].examiner_id for message in messages])
    contents: dict[uuid.UUID, bytes | None] = {}
    try:
        text = text_of(mailing)
        letter = letter_of(text)
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        return contents
    needs_pesel = has_field(text.body, "zwrot")
    for message in messages:
        recipient = recipients[message.id]
        if reason := left_out.get(recipient.examiner_id):
            waiting = Recipient.objects.filter(pk=recipient.pk, state=RecipientState.WAITING)
            waiting.update(state=RecipientState.LEFT_OUT, left_out=reason)
            contents[message.id] = None
            continue
        try:
            person = person_of(recipient.examiner, needs_pesel=needs_pesel)
        except UndecryptableError as error:
            record_undecryptable(context=error.context)
            continue
        mailbox = mailbox_in_ascii(message.email) or ""  # without one it is not sent
        contents[message.id] = letter.wire_for(
            person, email_id=message.id, mailbox=mailbox, created_at=message.created_at
        )
    return contents


def _left_out(mailing: Mailing, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OUT, {"ids": ids, "is_informational": mailing.kind == MailingKind.INFORMATIONAL})
        return dict(cursor.fetchall())


def person_of(examiner: Examiner, *, needs_pesel: bool) -> Person:
    """Return what a mailing says of an examiner. Raise `UndecryptableError`."""
    preference: Preference | None = getattr(examiner, "mailing_preference", None)
    return Person(
        examiner_id=examiner.pk,
        first_names=examiner.first_names,
        surname=examiner.surname,
        pesel=examiner.pesel if needs_pesel else None,
        chosen=preference.salutation if preference else "",
    )

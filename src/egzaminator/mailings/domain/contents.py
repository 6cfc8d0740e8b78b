"""The contents of mailings' e-mails, made by the worker when it is about to send them, and never stored."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from psycopg import Cursor
from psycopg.rows import class_row

from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.encryption import UndecryptableError, decrypt
from egzaminator.core.pesel import Pesel
from egzaminator.mail.domain.queue import LeasedEmail, withdraw_leased
from egzaminator.mail.domain.render import mailbox_in_ascii
from egzaminator.mailings.domain.drafts import text_of
from egzaminator.mailings.domain.letter import Person, letter_of
from egzaminator.mailings.domain.markup import has_field
from egzaminator.mailings.domain.standing import PEOPLE
from egzaminator.mailings.enums import MailingKind, MailingState, RecipientState
from egzaminator.mailings.models import Mailing, Preference, Recipient
from egzaminator.register.models import Examiner, pesel_context

# Whom e-mails go to, what those say of them, and why they are left out by now ("" if they are not).
_ADDRESSEES: Final = f"""
SELECT recipient.email_id, person.left_out, examiner.id AS examiner_id, examiner.first_names, examiner.surname,
    examiner.pesel_encrypted, COALESCE(preference.salutation, '') AS chosen
FROM mailings_recipient recipient
JOIN ({PEOPLE}) person ON person.id = recipient.examiner_id
JOIN register_examiner examiner ON examiner.id = recipient.examiner_id
LEFT JOIN mailings_preference preference ON preference.examiner_id = recipient.examiner_id
WHERE recipient.email_id = ANY(%(emails)s) AND recipient.mailing_id = %(mailing)s
"""  # noqa: S608 -- built from constants only


@dataclass(frozen=True, slots=True)
class _Addressee:
    email_id: uuid.UUID
    left_out: str
    examiner_id: uuid.UUID
    first_names: str
    surname: str
    pesel_encrypted: bytes | None
    chosen: str

    def person(self, *, needs_pesel: bool) -> Person:
        """Return what a mailing says of them. Raise `UndecryptableError`."""
        pesel: Pesel | None = None
        if needs_pesel and self.pesel_encrypted is not None:
            pesel = Pesel(decrypt(self.pesel_encrypted, context=pesel_context(self.examiner_id)))
        return Person(self.examiner_id, self.first_names, self.surname, pesel, self.chosen)


def make_contents(messages: Sequence[LeasedEmail]) -> dict[uuid.UUID, bytes | None]:
    """Return the contents of leased e-mails by their ids, as mail/domain/deliver.py sends them.

    None: it is not to be sent any more, and is taken out of the queue; because its mailing was stopped, or because its
    recipient is left out by now. There is none for an e-mail whose content cannot be decrypted.
    """
    leased = {message.id: message for message in messages}
    made: dict[uuid.UUID, bytes | None] = dict.fromkeys(leased)
    left_out: dict[uuid.UUID, str] = {}
    for mailing in Mailing.objects.filter(state=MailingState.SENDING, recipients__email_id__in=list(leased)).distinct():
        addressees = _addressees(mailing, list(leased))
        left_out |= {one.email_id: one.left_out for one in addressees if one.left_out}
        others = [(leased[one.email_id], one) for one in addressees if not one.left_out]
        contents = dict(_contents(mailing, others))
        made |= contents
        for message, _ in others:
            if message.id not in contents:
                del made[message.id]
    with transaction.atomic():
        _leave_out(left_out)
        withdraw_leased([message for message in messages if made.get(message.id, b"") is None])
    return made


def _contents(
    mailing: Mailing, addressees: Sequence[tuple[LeasedEmail, _Addressee]]
) -> Iterator[tuple[uuid.UUID, bytes]]:
    """Yield the content of each e-mail of a mailing, without those that cannot be decrypted."""
    try:
        text = text_of(mailing)
        letter = letter_of(text)
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        return
    needs_pesel = has_field(text.body, "zwrot")
    for message, addressee in addressees:
        try:
            person = addressee.person(needs_pesel=needs_pesel)
        except UndecryptableError as error:
            record_undecryptable(context=error.context)
            continue
        mailbox = mailbox_in_ascii(message.email) or ""  # without one it is not sent
        wire = letter.wire_for(person, email_id=message.id, mailbox=mailbox, created_at=message.created_at)
        yield message.id, wire


def _leave_out(reasons: Mapping[uuid.UUID, str]) -> None:
    """Record why the recipients of some e-mails are left out."""
    for reason in set(reasons.values()):
        emails = [email_id for email_id, one in reasons.items() if one == reason]
        waiting = Recipient.objects.filter(email_id__in=emails, state=RecipientState.WAITING)
        waiting.update(state=RecipientState.LEFT_OUT, left_out=reason)


def _addressees(mailing: Mailing, emails: list[uuid.UUID]) -> list[_Addressee]:
    parameters = {
        "emails": emails,
        "mailing": mailing.pk,
        "is_informational": mailing.kind == MailingKind.INFORMATIONAL,
    }
    # psycopg's own cursor, as for the lease (mail/domain/queue.py): objects of models take longer than the e-mails.
    cursor = Cursor(connection.connection, row_factory=class_row(_Addressee))
    return cursor.execute(_ADDRESSEES, parameters, binary=True).fetchall()


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

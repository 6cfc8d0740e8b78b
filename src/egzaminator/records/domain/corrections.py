"""The correction of what the register has of a person: names, PESEL, identifier, e-mail and postal address.

What it had before stays as a `FormerValue`. Each function takes what the form showed (`shown`), the reason that staff
typed, and who they are; it locks the examiner and, under the lock, raises `ChangedMeanwhileError` if somebody else has
changed the value since, `NothingChangedError` if the register has the new value already, and `NotPossibleNowError` if
the record was joined into another.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import encrypt
from egzaminator.core.pesel import Pesel
from egzaminator.core.postal_address import PostalAddress
from egzaminator.core.text import fold
from egzaminator.onboarding.models import Claim
from egzaminator.records.domain.locks import lock_record
from egzaminator.records.domain.notifications import notify_of_change, owner_mailboxes
from egzaminator.records.domain.shown import NAMES, Shown, require_unchanged, show_person, value_of
from egzaminator.records.errors import ImportUnderWayError, NothingChangedError, NotPossibleNowError, TakenError
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.domain.examiners import find_examiner, pesel_index
from egzaminator.register.domain.former_values import keep_former_value
from egzaminator.register.domain.imports.command import holds_off_imports
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner, address_context, pesel_context


def correct_names(
    *, examiner_id: uuid.UUID, surname: str, first_names: str, shown: Shown, reason: str, by: Actor
) -> None:
    """Correct the surname and first names, with the keys that they are sorted and searched by.

    Open claims are compared with the new surname.
    """
    with transaction.atomic():
        examiner = lock_record(examiner_id=examiner_id)
        is_other_surname = surname != examiner.surname
        keys = name_keys(surname=surname, first_names=first_names)
        columns = {"surname": surname, "first_names": first_names, "sort_key": keys.sort, "search_key": keys.search}
        _correct(examiner, Tag.NAMES_CORRECTED, NAMES, columns, shown, reason, by)
        for claim in Claim.objects.filter(examiner=examiner, closed_at__isnull=True):
            differs = fold(claim.details["surname"]) != fold(surname)
            needs_review = differs and (is_other_surname or claim.needs_review)
            Claim.objects.filter(pk=claim.pk).update(surname_differs=differs, needs_review=needs_review)


def correct_pesel(*, examiner_id: uuid.UUID, pesel: Pesel, shown: Shown, reason: str, by: Actor) -> None:
    """Correct the PESEL, or add it to a person who had none. From then on the former one logs nobody in.

    An identifier stays and still logs its holder in: the board gave it to them. Raise `TakenError` if another record
    has this PESEL, and `ImportUnderWayError`.
    """
    with transaction.atomic():
        _hold_off_imports()
        examiner = lock_record(examiner_id=examiner_id)
        encrypted = encrypt(pesel.digits, context=pesel_context(examiner.id))
        columns = {"pesel_encrypted": encrypted, "pesel_index": pesel_index(pesel)}
        with _taken(pesel.digits):
            _correct(examiner, Tag.PESEL_CORRECTED, [RegisterField.PESEL], columns, shown, reason, by)


def correct_identifier(
    *, examiner_id: uuid.UUID, identifier: Identifier | None, shown: Shown, reason: str, by: Actor
) -> None:
    """Correct the identifier, add one, or take it away from a person who has a PESEL (None).

    Raise `TakenError` if another record has this identifier, `NotPossibleNowError` for None without a PESEL, and
    `ImportUnderWayError`.
    """
    with transaction.atomic():
        _hold_off_imports()
        examiner = lock_record(examiner_id=examiner_id)
        if identifier is None and examiner.pesel_index is None:
            raise NotPossibleNowError
        text, key = identifier or ("", None)
        columns = {"identifier": text, "identifier_key": key}
        with _taken(text):
            _correct(examiner, Tag.IDENTIFIER_CORRECTED, [RegisterField.IDENTIFIER], columns, shown, reason, by)


def correct_email(*, examiner_id: uuid.UUID, email: str, shown: Shown, reason: str, by: Actor) -> None:
    """Correct the e-mail address that the register knows; "" takes it away. The account's own address stays.

    It was typed by staff, so for 30 days nobody is given an account by it (`accounts.domain.mailboxes`).
    """
    with transaction.atomic():
        examiner = lock_record(examiner_id=examiner_id)
        columns = {"email": email, "email_since": timezone.now(), "email_by": by.account_id}
        _correct(examiner, Tag.REGISTER_EMAIL_CORRECTED, [RegisterField.EMAIL], columns, shown, reason, by)


def correct_address(
    *, examiner_id: uuid.UUID, postal_address: PostalAddress | None, shown: Shown, reason: str, by: Actor
) -> None:
    """Correct the postal address that the register knows; None takes it away."""
    with transaction.atomic():
        examiner = lock_record(examiner_id=examiner_id)
        encrypted = postal_address and encrypt(postal_address.as_json, context=address_context(examiner.id))
        columns = {"address_encrypted": encrypted}
        _correct(examiner, Tag.REGISTER_ADDRESS_CORRECTED, [RegisterField.ADDRESS], columns, shown, reason, by)


def _correct(
    examiner: Examiner,
    tag: Tag,
    fields: Sequence[RegisterField],
    columns: Mapping[str, object],
    shown: Shown,
    reason: str,
    by: Actor,
) -> None:
    before = show_person(examiner, fields)
    require_unchanged(shown=shown, now=before)
    mailboxes = owner_mailboxes(examiner)
    for name, value in columns.items():
        setattr(examiner, name, value)
    changed = [field for field in fields if value_of(examiner, field) != before[field]]
    if not changed:
        raise NothingChangedError
    text = keep_text(text=reason, subject=examiner.id, by=by)
    for field in changed:
        keep_former_value(examiner=examiner, field=field, value=before[field], by=by, reason=text)
    examiner.save(update_fields=[*columns, "updated_at"])
    details = {"fields": [field.value for field in changed]}
    record_event(tag=tag, by=by, subject=examiner.id, details=details, reason=text)
    notify_of_change(examiner=examiner, tag=tag, mailboxes=mailboxes)


def _hold_off_imports() -> None:
    if not holds_off_imports():
        raise ImportUnderWayError


@contextmanager
def _taken(name: str) -> Iterator[None]:
    """Raise `TakenError` if another record has the PESEL or identifier.

    Only the constraint finds that out, after everything else was found right: a form that would change nothing must not
    tell who is in the register.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        holder = find_examiner(name=name)
        if holder is None:
            raise
        raise TakenError(holder) from None

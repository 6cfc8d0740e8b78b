"""The rows about an examiner that no foreign key links to the examiner's account.

"My data" and the deletion of accounts both use them. Rows with a foreign key to the account are shown and deleted by
that key. Audit events are shown, and stay until they are old.
"""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from egzaminator.accounts.models import Account, EmailChange, Link
from egzaminator.audit.domain.staff_texts import texts_about
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.mail.models import Email
from egzaminator.register.models import Examiner


@dataclass(frozen=True, slots=True)
class AboutPerson:
    """The e-mails and links about one account, its examiner's claims, and its e-mail changes, and what staff typed.

    Those about accounts that were joined with it are among them. The claims themselves are `examiner.claims`.
    """

    own: frozenset[uuid.UUID]
    """The ids of the accounts, their e-mail changes and the claims that they came from. E-mails and links about other
    claims may be another person's."""
    emails: QuerySet[Email]
    links: QuerySet[Link]
    staff_texts: QuerySet[StaffText]


def about_person(*, account: Account) -> AboutPerson:
    """Return the rows about an account that no foreign key leads to."""
    return _about({one.id for one in accounts_of(account=account)}, account.examiner)


def about_examiner(*, examiner: Examiner) -> AboutPerson:
    """Return the rows about an examiner that no foreign key leads to, with or without an account."""
    account = Account.objects.filter(examiner=examiner).first()
    return about_person(account=account) if account else _about(set(), examiner)


def _about(accounts: set[uuid.UUID], examiner: Examiner | None) -> AboutPerson:
    """Return the rows about an examiner with these accounts, or about a colleague's account.

    Claims are deleted long before the e-mails about them, so their ids are also read from the audit events.
    """
    changes = set(EmailChange.objects.filter(account__in=accounts).values_list("id", flat=True))
    claims, own_claims = set[uuid.UUID](), set[uuid.UUID]()
    if examiner is not None:
        forms = examiner.claims.values_list("id", flat=True)
        claims = set(forms) | _claims(Tag.CLAIM_SAVED, *examiner.known_ids)
        own_claims = _claims(Tag.ACCOUNT_ACTIVATED, *accounts)
    # The e-mails that tell of a deleted account are about the examiner.
    everything = [*accounts, *changes, *claims, *own_claims, *(examiner.known_ids if examiner else ())]
    return AboutPerson(
        own=frozenset({*accounts, *changes, *own_claims}),
        emails=Email.objects.filter(related_id__in=everything),
        links=Link.objects.filter(subject__in=everything),
        staff_texts=texts_about(subjects=[*accounts, *(examiner.known_ids if examiner else ())]),
    )


def subjects_of(*, account: Account) -> tuple[uuid.UUID, ...]:
    """Return the ids that events and texts about an account's owner may have as their subject."""
    ids = [one.id for one in accounts_of(account=account)]
    return (*ids, *account.examiner.known_ids) if account.examiner else (account.id,)


def accounts_of(*, account: Account) -> list[Account]:
    """Return an account, and those of the same owner that were closed when they were joined with it.

    A closed one stands under the emptied record that was joined into the record of the account.
    """
    if account.examiner_id is None:
        return [account]
    return [account, *Account.objects.filter(examiner__joined_into=account.examiner_id).order_by("created_at", "id")]


def deleted_accounts_of(*, examiner: Examiner) -> list[uuid.UUID]:
    """Return the ids of the accounts that an examiner had and that were deleted. Their events are kept."""
    ids = [str(one) for one in examiner.known_ids]
    gone = Event.objects.filter(tag=Tag.ACCOUNT_DELETED, details__examiner__in=ids)
    return [subject for subject in gone.values_list("subject", flat=True) if subject]


def _claims(tag: Tag, *subjects: uuid.UUID) -> set[uuid.UUID]:
    events = Event.objects.filter(tag=tag, subject__in=subjects, details__has_key="claim")
    return {uuid.UUID(claim) for claim in events.values_list("details__claim", flat=True)}

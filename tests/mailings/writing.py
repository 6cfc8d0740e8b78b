"""Mailings, written and sent by tests the way the panel does it."""

import datetime
import uuid

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mailings.domain.attachments import add_attachment
from egzaminator.mailings.domain.drafts import Written, begin_draft
from egzaminator.mailings.domain.healing import settle_open
from egzaminator.mailings.domain.sending import begin_due, plan
from egzaminator.mailings.enums import MailingKind
from egzaminator.mailings.models import Mailing
from egzaminator.register.models import Examiner
from egzaminator.register.terms import Terms
from tests.helpers.pdfs import pdf

SUBJECT = "Szkolenie w maju"
BODY = "{zwrot},\n\nzapraszamy na **szkolenie**."


def write(
    member: Account, *, body: str = BODY, subject: str = SUBJECT, kind: MailingKind = MailingKind.OFFICIAL
) -> Mailing:
    """Return a new draft to everybody in the register."""
    written = Written(kind=kind, subject=subject, body=body)
    return begin_draft(mailing_id=uuid.uuid4(), written=written, terms=Terms(), by=Actor(member.pk))


def attach(
    mailing: Mailing,
    member: Account,
    *,
    content: bytes | None = None,
    name: str = "program.pdf",
    attachment_id: uuid.UUID | None = None,
) -> None:
    """Attach a PDF to a draft."""
    add_attachment(
        attachment_id=attachment_id or uuid.uuid4(),
        mailing_id=mailing.pk,
        name=name,
        content=content or pdf(),
        by=Actor(member.pk),
    )
    mailing.refresh_from_db()


def press(mailing: Mailing, member: Account, *, starts_at: datetime.datetime | None = None) -> Mailing:
    """Send a draft to everybody in the register, or plan it."""
    people = Examiner.objects.filter(joined_into=None)
    return plan(
        mailing_id=mailing.pk,
        version=mailing.version,
        people=people,
        shown=people.count(),
        starts_at=starts_at,
        by=Actor(member.pk),
    )


def work() -> int:
    """Do what the worker does within some minutes. Return how many e-mails were accepted."""
    begin_due()
    accepted = deliver_due()
    settle_open()
    return accepted


def states_of(mailing: Mailing) -> dict[str, str]:
    """Return what became of each recipient, by their surname."""
    return dict(mailing.recipients.values_list("examiner__surname", "state"))

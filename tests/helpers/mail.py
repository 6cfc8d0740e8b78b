"""E-mails, queued by tests the way the product queues them."""

import datetime
import uuid
from collections.abc import Callable
from typing import Final

from django.utils import timezone

from egzaminator.mail import catalogue
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.queue import Recipient, queue_email
from egzaminator.mail.domain.render import OneTimeUrl, public_url
from egzaminator.mail.enums import Priority
from egzaminator.mail.models import Email

MOMENT = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
TOKEN = "abcdefghijklmnopqrstuv"
LINK = f"/a/{TOKEN}/"
LOGIN = "/konto/logowanie/"
ANNA = Recipient(email="anna@example.pl", name="Anna Łukasik", language="pl")


def one_time(path: str, *, ends_at: datetime.datetime) -> OneTimeUrl:
    """Return a one-time link that expires at `ends_at`."""
    return OneTimeUrl(public_url(path), expires_at=ends_at)


def queue(
    email: str = ANNA.email,
    *,
    related_id: uuid.UUID | None = None,
    recipient_name: str = ANNA.name,
    priority: Priority = Priority.ACCESS,
) -> Email:
    """Queue an activation e-mail, perhaps with another priority than its own."""
    now = timezone.now()
    ends_at = now + datetime.timedelta(days=7)
    return queue_email(
        kind=EmailKind.ACTIVATION.value,
        related_id=related_id or uuid.uuid4(),
        to=Recipient(email=email, name=recipient_name, language="pl"),
        context={"link": one_time(LINK, ends_at=ends_at), "saved_at": now, "expires_at": ends_at},
        priority=priority,
        keeps_copy=False,
    )


WITHOUT_LINKS: Final = {
    EmailKind.ACCOUNT_FROZEN,
    EmailKind.CLAIM_STOPPED,
    EmailKind.BOARD_CONTACT,
    EmailKind.FROZEN_NOTICE,  # nothing is left to freeze
    EmailKind.DELETION_NOTICE,  # whoever objects logs in, or calls
}
# One e-mail of each kind, with `TOKEN` in its link, if it has one. Those to the board take only the account.
_EXAMPLES: Final[dict[EmailKind, Callable[[uuid.UUID, Recipient, OneTimeUrl], Email]]] = {
    EmailKind.ACTIVATION: lambda about, to, link: catalogue.queue_activation(
        claim_id=about, to=to, link=link, saved_at=MOMENT
    ),
    EmailKind.CLAIM_NOTICE: lambda about, to, link: catalogue.queue_claim_notice(
        claim_id=about, to=to, link=link, saved_at=MOMENT
    ),
    EmailKind.ACTIVATED: lambda about, to, link: catalogue.queue_activated(
        account_id=about, to=to, freeze=link, login=public_url(LOGIN), activated_at=MOMENT
    ),
    EmailKind.RESET: lambda about, to, link: catalogue.queue_reset(account_id=about, to=to, link=link),
    EmailKind.PASSWORD_CHANGED: lambda about, to, link: catalogue.queue_password_changed(
        account_id=about, to=to, freeze=link
    ),
    EmailKind.SECURITY_NEWS: lambda about, to, link: catalogue.queue_security_news(
        account_id=about, to=to, freeze=link, news="A passkey was added."
    ),
    EmailKind.NEW_DEVICE: lambda about, to, link: catalogue.queue_new_device(
        account_id=about, to=to, freeze=link, device="Firefox, Windows"
    ),
    EmailKind.NEW_EMAIL: lambda about, to, link: catalogue.queue_new_email(
        account_id=about, to=to, link=link, asked_at=MOMENT
    ),
    EmailKind.EMAIL_CHANGE_ASKED: lambda about, to, link: catalogue.queue_email_change_asked(
        account_id=about, to=to, freeze=link, new="a•••@example.org", asked_at=MOMENT
    ),
    EmailKind.EMAIL_CHANGED: lambda about, to, link: catalogue.queue_email_changed(
        account_id=about, to=to, freeze=link, new="a•••@example.org"
    ),
    EmailKind.ACCOUNT_UNFROZEN: lambda about, to, link: catalogue.queue_account_unfrozen(
        account_id=about, to=to, link=link
    ),
    EmailKind.FROZEN_NOTICE: lambda about, to, _: catalogue.queue_frozen_notice(
        account_id=about, to=to, frozen_at=MOMENT
    ),
    EmailKind.ACT_ASKED: lambda about, to, link: catalogue.queue_act_asked(
        account_id=about, to=to, freeze=link, what="The account.", expires_at=MOMENT, alone_at=None
    ),
    EmailKind.DELETION_NOTICE: lambda about, to, _: catalogue.queue_deletion_notice(
        account_id=about, to=to, deleted_on=MOMENT.date()
    ),
    EmailKind.ACCOUNT_FROZEN: lambda about, *_: catalogue.queue_account_frozen(
        account_id=about, name="Jan Nowak", by=None
    ),
    EmailKind.CLAIM_STOPPED: lambda about, *_: catalogue.queue_claim_stopped(claim_id=about, name="Jan Nowak"),
    EmailKind.BOARD_CONTACT: lambda _, to, __: catalogue.queue_board_contact(
        mailbox=to.email, name="Jan Nowak", changes=[("e-mail", "a@oke.example", "b@oke.example")]
    ),
}


def queue_example(
    kind: EmailKind,
    *,
    to: Recipient = ANNA,
    related_id: uuid.UUID | None = None,
    ends_at: datetime.datetime | None = None,
) -> Email:
    """Queue an e-mail of a kind; its link, if it has one, holds `TOKEN` and expires at `ends_at`, or in ten days."""
    link = one_time(LINK, ends_at=ends_at or timezone.now() + datetime.timedelta(days=10))
    return _EXAMPLES[kind](related_id or uuid.uuid4(), to, link)

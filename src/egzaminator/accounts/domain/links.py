"""One-time links that are mailed: issued, found, used, withdrawn."""

import datetime
import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone, translation

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkExpiredError, LinkUnknownError, LinkUsedError, LinkWithdrawnError
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.tokens import new_token, token_digest
from egzaminator.mail.domain.holds import end_hold
from egzaminator.mail.domain.render import OneTimeUrl, public_url

LIFETIMES = {
    LinkPurpose.ACTIVATE: datetime.timedelta(days=7),
    LinkPurpose.STOP_CLAIM: datetime.timedelta(days=30),
    LinkPurpose.RESET: datetime.timedelta(hours=24),
    LinkPurpose.FREEZE: datetime.timedelta(days=10),
    LinkPurpose.NEW_EMAIL: datetime.timedelta(days=3),
    LinkPurpose.CONFIRM_EMAIL: datetime.timedelta(days=3),
}


def issue_link(*, purpose: LinkPurpose, subject: uuid.UUID, email: str, language: str) -> OneTimeUrl:
    """Create a one-time link, in the caller's transaction, and return its URL.

    `purpose` is what the link does, and also the name of its route. `subject` is the uuid of the claim, account or
    e-mail change that it acts on. The row also records the mailbox that the link is sent to. `language` is that of the
    page that it leads to. The URL is complete and is to be mailed; its token is stored nowhere.
    """
    token = new_token()
    link = Link.objects.create(
        digest=token_digest(token),
        purpose=purpose,
        subject=subject,
        email=email,
        expires_at=timezone.now() + LIFETIMES[purpose],
    )
    with translation.override(language):
        url = public_url(reverse(purpose.value, args=[token]))
    return OneTimeUrl(url, expires_at=link.expires_at)


def issue_freeze_link(*, account: Account, mailbox: str) -> OneTimeUrl:
    """Create a link that freezes an account ("it was not me"), to be sent to one of the owner's mailboxes."""
    return issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=mailbox, language=account.language)


def find_link(*, purpose: LinkPurpose, token: str) -> Link:
    """Return the link that a token opens, without using it.

    Raise `LinkUnknownError`, `LinkUsedError`, `LinkWithdrawnError` or `LinkExpiredError`, checked in this order.
    """
    link = Link.objects.filter(digest=token_digest(token), purpose=purpose).first()
    if link is None:
        raise LinkUnknownError
    if link.used_at is not None:
        raise LinkUsedError(subject=link.subject, mailbox=link.email)
    if link.withdrawn_at is not None:
        raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
    if link.expires_at <= timezone.now():
        raise LinkExpiredError(subject=link.subject, mailbox=link.email)
    return link


def lock_linked_account(*, link: Link) -> Account:
    """Lock the account that a link is about. Raise `LinkUnknownError` if it was deleted since the link was found."""
    try:
        return lock_account(account_id=link.subject)
    except Account.DoesNotExist:
        raise LinkUnknownError from None


def use_link(*, link: Link) -> None:
    """Mark a link as used, in the caller's transaction.

    One conditional UPDATE makes sure that of two clicks one wins. Raise `LinkUsedError` if another click was first, or
    if the link expired or was withdrawn since it was found. Whoever uses it has received it, so a hold on the mailbox
    that began before the link was made ends.
    """
    now = timezone.now()
    usable = Link.objects.filter(
        digest=link.digest, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    )
    if not usable.update(used_at=now):
        raise LinkUsedError(subject=link.subject, mailbox=link.email)
    if end_hold(email=link.email, proven_at=link.created_at):
        for account in Account.objects.filter(email__iexact=link.email):
            record_event(tag=Tag.EMAIL_HOLD_ENDED, subject=account.id)


def withdraw_links(
    *, subjects: Iterable[uuid.UUID], purposes: Iterable[LinkPurpose], mailbox: str | None = None
) -> None:
    """Withdraw the unused links of claims, accounts or e-mail changes, in the caller's transaction.

    `subjects` are the uuids of these, and `purposes` what the links do. `mailbox` limits it to links sent to that
    mailbox; None means all.
    """
    links = Link.objects.filter(
        subject__in=list(subjects), purpose__in=list(purposes), used_at__isnull=True, withdrawn_at__isnull=True
    )
    if mailbox is not None:
        links = links.filter(email__iexact=mailbox)
    links.update(withdrawn_at=timezone.now())

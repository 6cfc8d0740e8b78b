from django.utils import timezone

from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkExpiredError, LinkUnknownError, LinkUsedError, LinkWithdrawnError
from egzaminator.accounts.models import Link
from egzaminator.kernel.tokens import token_digest


def find_link(*, purpose: LinkPurpose, token: str) -> Link:
    """Return the link that a token opens, without using it.

    Raise `LinkUnknownError`, `LinkUsedError`, `LinkWithdrawnError` or `LinkExpiredError`, checked in this order.
    """
    link = Link.objects.filter(digest=token_digest(token), purpose=purpose).first()
    if link is None:
        raise LinkUnknownError
    if link.used_at is not None:
        raise LinkUsedError(subject=link.subject, mailbox=link.address)
    if link.withdrawn_at is not None:
        raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
    if link.expires_at <= timezone.now():
        raise LinkExpiredError(subject=link.subject, mailbox=link.address)
    return link

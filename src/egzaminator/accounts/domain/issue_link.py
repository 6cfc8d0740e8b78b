import datetime
import uuid

from django.urls import reverse
from django.utils import timezone, translation

from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Link
from egzaminator.kernel.tokens import new_token, token_digest
from egzaminator.post.domain.public_url import OneTimeUrl, public_url

LIFETIMES = {
    LinkPurpose.ACTIVATE: datetime.timedelta(days=7),
    LinkPurpose.STOP_CLAIM: datetime.timedelta(days=30),
    LinkPurpose.RESET: datetime.timedelta(hours=24),
    LinkPurpose.FREEZE: datetime.timedelta(days=10),
    LinkPurpose.NEW_ADDRESS: datetime.timedelta(days=3),
}


def issue_link(*, purpose: LinkPurpose, subject: uuid.UUID, address: str, language: str) -> tuple[OneTimeUrl, Link]:
    """Make a one-time link, in the caller's transaction.

    Takes what it does (which is also the name of its route), the uuid of the claim, account or change of address it
    does it to, the mailbox it is sent to, and the language of the page it leads to. Gives the whole address to mail,
    whose token is kept nowhere, and the row.
    """
    token = new_token()
    link = Link.objects.create(
        digest=token_digest(token),
        purpose=purpose,
        subject=subject,
        address=address,
        expires_at=timezone.now() + LIFETIMES[purpose],
    )
    with translation.override(language):
        url = public_url(reverse(purpose.value, args=[token]))
    return OneTimeUrl(url, expires_at=link.expires_at), link

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
    """Create a one-time link, in the caller's transaction; return its URL and its row.

    `purpose` is what the link does, and also the name of its route. `subject` is the uuid of the claim, account or
    e-mail change that it acts on. The row also records the mailbox that the link is sent to. `language` is that of the
    page that it leads to. The URL is complete and is to be mailed; its token is stored nowhere.
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

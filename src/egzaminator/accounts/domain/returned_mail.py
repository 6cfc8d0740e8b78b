"""E-mails that came back: their links end, and the owner of an address on hold reads of it."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.domain.bounces import apply_report
from egzaminator.mail.enums import ReportOutcome

# Links that only protect. Whoever makes an e-mail come back must not take from a mailbox the right to object.
_PROTECTING: Final = (LinkPurpose.FREEZE, LinkPurpose.STOP_CLAIM)


@transaction.atomic
def take_report(raw: bytes) -> ReportOutcome:
    """Record what a message of the bounce mailbox says; return what it was.

    If an e-mail of ours came back for good, the links in it end, since the servers on the way may have kept them. Links
    that only protect an account stay.
    """
    applied = apply_report(raw)
    if applied.dead_links:
        links = Link.objects.filter(digest__in=applied.dead_links, used_at=None, withdrawn_at=None)
        links.exclude(purpose__in=_PROTECTING).update(withdrawn_at=timezone.now())
    if applied.is_held and applied.email is not None:
        accounts = Account.objects.filter(email__iexact=applied.email.email)
        for account in accounts:
            record_event(tag=Tag.EMAIL_HELD, subject=account.id)
        accounts.update(email_postponed=0)  # this is another question than the one that they put off
    return applied.outcome

"""Whether e-mail goes out at all: the alarm in the administrator's log and on the staff's panel."""

import logging

from django.db import transaction
from django.utils import timezone, translation

from egzaminator.mail.domain.replies import without_emails
from egzaminator.mail.enums import Cause, DeliveryState, Trouble
from egzaminator.mail.models import Email, Outage

logger = logging.getLogger(__name__)


def report_outage(*, trouble: Trouble, reason: str, words: str = "") -> None:
    """Record that e-mail does not go out, and log an error if that is new.

    Args:
        trouble: what an administrator has to look at.
        reason: short, technical, without personal data; it is logged.
        words: the server's own, for staff; e-mail addresses are removed from them.
    """
    reply = without_emails(words) or reason
    with transaction.atomic():
        outage, needs_notice = Outage.objects.get_or_create(
            pk=Outage.ONLY, defaults={"trouble": trouble, "reply": reply}
        )
        if not needs_notice and outage.trouble != trouble:
            Outage.objects.filter(pk=outage.pk).update(trouble=trouble, reply=reply)
            needs_notice = True
    if needs_notice:
        with translation.override("en"):
            logger.error("E-mail does not go out (%s). The mail server: %s", reason, str(trouble.label))


def release_held() -> None:
    """Record that the mail server accepts e-mails again; those held while it was unavailable are due immediately.

    The outage ends when no e-mail waits that the server has refused for a reason about us. The server may accept
    e-mails to some recipients and not to others.
    """
    if not Outage.objects.exists():
        return
    held = Email.objects.filter(cause=Cause.BOARD, state__in=[DeliveryState.DEFERRED, DeliveryState.SENDING])
    held.filter(state=DeliveryState.DEFERRED, reply_code=None).update(due_at=timezone.now())
    if held.filter(reply_code__isnull=False).exists():
        return
    count, _ = Outage.objects.filter(pk=Outage.ONLY).delete()
    if count:
        logger.info("E-mail goes out again")


def current_outage() -> tuple[Outage, int] | None:
    """Return the current outage and how many e-mails wait because of it; None if there is none."""
    outage = Outage.objects.first()
    if outage is None:
        return None
    waiting = Email.objects.filter(cause=Cause.BOARD, state__in=[DeliveryState.DEFERRED, DeliveryState.SENDING]).count()
    return outage, waiting

"""Whether e-mail goes out at all: the alarm for the administrator, and for staff on the panel."""

import logging

from django.db import transaction
from django.utils import timezone, translation

from egzaminator.post.domain.reply import without_emails
from egzaminator.post.enums import Cause, State, Trouble
from egzaminator.post.models import Message, Outage

logger = logging.getLogger(__name__)


def report_outage(*, trouble: Trouble, reason: str, words: str = "") -> None:
    """Write down that e-mail does not go out, and tell the log when that is news.

    Args:
        trouble: what it is about.
        reason: short, technical, without personal data; the log gets it.
        words: the server's own, for staff; e-mail addresses in them are left out.
    """
    reply = without_emails(words) or reason
    with transaction.atomic():
        outage, is_news = Outage.objects.get_or_create(pk=Outage.ONLY, defaults={"trouble": trouble, "reply": reply})
        if not is_news and outage.trouble != trouble:
            Outage.objects.filter(pk=outage.pk).update(trouble=trouble, reply=reply)
            is_news = True
    if is_news:
        with translation.override("en"):
            logger.error("E-mail does not go out (%s). The mail server: %s", reason, str(trouble.label))


def release_held() -> None:
    """Note that the mail server takes messages again: what it let nobody hand over is due at once.

    The outage is over when nothing waits any more that the server refused by words about us: it may take e-mails to
    some and not to others.
    """
    if not Outage.objects.exists():
        return
    held = Message.objects.filter(cause=Cause.BOARD, state__in=[State.DEFERRED, State.SENDING])
    held.filter(state=State.DEFERRED, reply_code=None).update(due_at=timezone.now())
    if held.filter(reply_code__isnull=False).exists():
        return
    count, _ = Outage.objects.filter(pk=Outage.ONLY).delete()
    if count:
        logger.info("E-mail goes out again")


def current_outage() -> tuple[Outage, int] | None:
    """Return the outage that lasts, with how many messages wait because of it; None while e-mail goes out."""
    outage = Outage.objects.first()
    if outage is None:
        return None
    waiting = Message.objects.filter(cause=Cause.BOARD, state__in=[State.DEFERRED, State.SENDING]).count()
    return outage, waiting

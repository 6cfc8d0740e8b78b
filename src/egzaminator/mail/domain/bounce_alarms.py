"""Whether e-mails that come back are noticed: the alarms in the administrator's log and on the staff's panel."""

import logging

from django.utils import translation

from egzaminator.mail.domain.replies import without_emails
from egzaminator.mail.enums import BounceTrouble
from egzaminator.mail.models import BounceAlarm

logger = logging.getLogger(__name__)


def raise_bounce_alarm(*, trouble: BounceTrouble, reason: str, words: str = "") -> None:
    """Record that e-mails which come back are not noticed, and log an error if that is new.

    Args:
        trouble: what an administrator has to look at.
        reason: short, technical, without personal data; it is logged.
        words: the server's own, for staff; e-mail addresses are removed from them.
    """
    _, is_new = BounceAlarm.objects.get_or_create(trouble=trouble, defaults={"reply": without_emails(words) or reason})
    if is_new:
        with translation.override("en"):
            logger.error("E-mails that come back are not noticed (%s): %s", reason, str(trouble.label))


def end_bounce_alarm(*, trouble: BounceTrouble) -> None:
    """Record that a trouble is over, if there is an alarm for it."""
    if not BounceAlarm.objects.filter(trouble=trouble).exists():
        return
    count, _ = BounceAlarm.objects.filter(trouble=trouble).delete()
    if count:
        logger.info("The trouble with e-mails that come back is over (%s)", trouble.value)

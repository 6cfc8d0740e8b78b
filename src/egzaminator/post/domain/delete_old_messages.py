import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone

from egzaminator.post.enums import State
from egzaminator.post.models import Message

_AT_ONCE: Final = 1000


def delete_old_messages() -> int:
    """Delete the e-mails queued at least `KEEP_MESSAGES_DAYS` days ago that have ended; return how many.

    Ended means accepted or rejected. Their content was erased at that moment; the rows still say to whom and when. The
    sent copies of those to an account's owner are deleted with them.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_MESSAGES_DAYS)
    ended = Message.objects.filter(state__in=[State.ACCEPTED, State.REJECTED], created_at__lte=before)
    total = 0
    while True:
        _, deleted = Message.objects.filter(id__in=ended.values("id")[:_AT_ONCE]).delete()
        count = deleted.get(Message._meta.label, 0)  # noqa: SLF001 -- Django documents `_meta` as public
        total += count
        if count < _AT_ONCE:
            return total

import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone

from egzaminator.post.enums import State
from egzaminator.post.models import Message

_AT_ONCE: Final = 1000


def delete_old_messages() -> int:
    """Delete the rows of e-mails that were sent or refused more than KEEP_MESSAGES_DAYS ago; give how many.

    Their content was erased when they were handed over. The rows say to whom and when; what was kept of those to an
    account's owner goes with them.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_MESSAGES_DAYS)
    ended = Message.objects.filter(state__in=[State.ACCEPTED, State.REJECTED], created_at__lte=before)
    total = 0
    while True:
        _, deleted = Message.objects.filter(id__in=ended.values("id")[:_AT_ONCE]).delete()
        count = deleted.get(Message._meta.label, 0)  # noqa: SLF001 -- public, by Django
        total += count
        if count < _AT_ONCE:
            return total

"""The daily e-mail to the board with how much waits for a check."""

import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from egzaminator.mail.catalogue import queue_to_review
from egzaminator.mail.domain.render import public_url
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.panel.review.registry import KINDS, count_waiting, number_text
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

_ONCE: Final = Limit("review.daily-mail", most=1, period=datetime.timedelta(days=2))


def mail_what_waits() -> bool:
    """Tell the board how much of each kind waits. Return False if nothing does, or if it was told today already.

    Of two workers at once, one counts the day in its transaction and the other finds it counted.
    """
    refresh_all_list_keys()
    counts = count_waiting(kinds=KINDS, member=None).by_kind
    try:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            waiting = [(str(one.label), number_text(counts[one.slug])) for one in KINDS if counts[one.slug]]
            if not waiting:
                return False
            hit(limit=_ONCE, of=str(timezone.localdate()))
            queue_to_review(counts=waiting, url=public_url(reverse("review")))
    except LimitReachedError:
        return False
    return True

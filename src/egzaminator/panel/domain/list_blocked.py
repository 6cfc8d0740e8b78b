import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.register.models import Examiner

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the examiners whose accounts are blocked, in the register's order.

    `next` is the last examiner of a full page, to pass as `after` for the next page, and None on the last page.
    """

    examiners: list[Examiner]
    next: uuid.UUID | None
    """The examiner after whom the next page begins, if there is one."""


def list_blocked(*, after: uuid.UUID | None = None) -> Page:
    """Return a page of the examiners whose accounts are frozen and wait for staff. It takes at most two queries.

    `after` is the `next` of the page before. An unknown id is treated like None, which starts at the beginning.
    """
    # Query the accounts, of which few are blocked, and not the whole register.
    waiting = Account.objects.filter(is_active=False, state=AccountState.FROZEN, examiner__isnull=False)
    blocked = waiting.select_related("examiner")
    last = Examiner.objects.filter(pk=after).first() if after else None
    if last is not None:
        blocked = blocked.filter(
            Q(examiner__sort_key__gt=last.sort_key) | Q(examiner__sort_key=last.sort_key, examiner_id__gt=last.id)
        )
    found = [
        account.examiner
        for account in blocked.order_by("examiner__sort_key", "examiner_id")[: PAGE + 1]
        if account.examiner
    ]
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)

from functools import cache
from typing import Any

from django.http import HttpRequest

from egzaminator.accounts.models import Account
from egzaminator.mailings.domain.reading import count_unread


def unread(request: HttpRequest) -> dict[str, Any]:
    """Return how many mailings an examiner has not read, counted once a page of "My account" shows it."""
    return {"unread_mailings": cache(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or account.examiner is None:
        return 0
    return count_unread(examiner=account.examiner)

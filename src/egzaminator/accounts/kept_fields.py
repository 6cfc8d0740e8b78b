"""What was typed into a form that asked first who is there: kept while they prove it, for the same page.

It stays in the session of who is logged in, encrypted for the account and the page. Nothing is done with it but to fill
the form in again, before the eyes of who proved who they are.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt

_KEPT: Final = timedelta(minutes=30)
_LONGEST: Final = 4_000  # characters
_SESSION_KEY: Final = "kept-fields"
# Proofs are good for one answer, and the token is the session's own.
_NEVER: Final = frozenset({"csrfmiddlewaretoken", "credential", "code"})


def keep_fields(request: HttpRequest, account: Account, *, page: str) -> None:
    """Put what was sent away for a page, in place of what was put away before; nothing, when it is too much."""
    fields = [(name, value) for name, values in request.POST.lists() if name not in _NEVER for value in values]
    text = urlencode(fields)
    if fields and len(text) <= _LONGEST:
        until = timezone.now() + _KEPT
        sealed = encrypt(text, context=_context(account, page)).hex()
        request.session[_SESSION_KEY] = {"until": until.isoformat(), "text": sealed}


def take_fields(request: HttpRequest, account: Account, *, page: str) -> QueryDict:
    """Give what was put away for a page, once; nothing in it when nothing was, or too long ago."""
    kept = request.session.get(_SESSION_KEY)
    if not kept or request.method != "GET":
        return QueryDict()
    try:
        text = decrypt(bytes.fromhex(kept["text"]), context=_context(account, page))
    except UndecryptableError:
        return QueryDict()
    del request.session[_SESSION_KEY]
    return QueryDict(text if datetime.fromisoformat(kept["until"]) > timezone.now() else "")


def _context(account: Account, page: str) -> str:
    return f"accounts.kept-fields:{account.id}:{page}"

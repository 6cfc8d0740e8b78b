"""The stash for a form that requires reauthentication first: its fields are kept meanwhile, for the same page.

The fields stay in the session of the logged-in person, encrypted for the account and the page. They only fill the form
in again, on the screen of the person who has proved who they are.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError, decrypt, encrypt

_KEPT: Final = timedelta(minutes=30)
_LONGEST: Final = 4_000  # characters
_SESSION_KEY: Final = "kept-fields"
# A proof is valid for one response, and the CSRF token belongs to the session.
_NEVER: Final = frozenset({"csrfmiddlewaretoken", "credential", "code"})


def keep_fields(request: HttpRequest, account: Account, *, page: str) -> None:
    """Stash the sent fields for a page, in place of any earlier stash.

    Do nothing if there are no fields or if they are too long.
    """
    fields = [(name, value) for name, values in request.POST.lists() if name not in _NEVER for value in values]
    text = urlencode(fields)
    if fields and len(text) <= _LONGEST:
        until = timezone.now() + _KEPT
        encrypted = encrypt(text, context=_context(account, page)).hex()
        request.session[_SESSION_KEY] = {"until": until.isoformat(), "text": encrypted}


def take_fields(request: HttpRequest, account: Account, *, page: str) -> QueryDict:
    """Return the fields stashed for a page, and delete the stash.

    Return an empty `QueryDict` if there are none, if they are too old, or if the request is not a GET.
    """
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

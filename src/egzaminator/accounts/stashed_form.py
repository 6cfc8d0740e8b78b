"""The stash for a details form that was sent after its owner had been logged out, kept until the next log-in.

The fields stay in the visitor's own session, encrypted for the account whose page they were typed in. So nobody else
who logs in there next can see them. Only a page made for an account can leave anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError, decrypt, encrypt
from egzaminator.core.form_marks import marked_subject
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

# A form's mark never expires and works in any browser. Without this limit, anybody who once had an account could fill
# the table of sessions with it.
OF_ONE_ACCOUNT: Final = Limit("details.kept", most=20, period=timedelta(hours=1))
_KEPT: Final = timedelta(minutes=30)
_LONGEST: Final = 16_000  # characters; a form filled to its limits has some 3,000
_SESSION_KEY: Final = "kept-details"


def keep_details(request: HttpRequest) -> bool:
    """Stash the sent fields in the visitor's session, encrypted, for 30 minutes.

    Return False if no page of ours sent them, if they are too long, or if the account's rate limit is reached. The form
    is then shown again, filled in.
    """
    owner = marked_subject(request)
    if not owner:
        return False
    names = DetailsForm.base_fields.keys()
    text = urlencode([(name, value) for name in names for value in request.POST.getlist(name)])
    if len(text) > _LONGEST:
        return False
    try:
        hit(limit=OF_ONE_ACCOUNT, of=owner)
    except LimitReachedError:
        return False
    until = timezone.now() + _KEPT
    request.session[_SESSION_KEY] = {"until": until.isoformat(), "text": encrypt(text, context=_context(owner)).hex()}
    return True


def stashed_form(request: HttpRequest, account: Account) -> QueryDict | None:
    """Return the stashed fields that this account's page sent in this browser, or None if there are none any more."""
    kept = request.session.get(_SESSION_KEY)
    if not kept or datetime.fromisoformat(kept["until"]) <= timezone.now():
        return None
    try:
        return QueryDict(decrypt(bytes.fromhex(kept["text"]), context=_context(str(account.pk))))
    except UndecryptableError:
        return None


@contextmanager
def details_outlive(request: HttpRequest) -> Iterator[None]:
    """Carry the stash from the session that ends to the new one that a log-in starts."""
    kept = request.session.get(_SESSION_KEY)
    yield
    if kept:
        request.session[_SESSION_KEY] = kept


def forget_details(request: HttpRequest) -> None:
    """Delete the stash from the visitor's session, if there is one."""
    request.session.pop(_SESSION_KEY, None)


def _context(owner: str) -> str:
    return f"accounts.stashed_form:{owner}"

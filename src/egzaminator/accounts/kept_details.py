"""Details that were sent after their owner had been logged out: kept until the owner has logged in again.

They stay in the visitor's own session, encrypted for the account whose page they were typed in, so that nobody who logs
in there next sees them. Only a page that was made for an account can leave any.
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
from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt
from egzaminator.kernel.form_marks import marked_subject
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

# A mark is as good tomorrow, in any browser: whoever once had an account could fill the table of sessions with theirs.
OF_ONE_ACCOUNT: Final = Limit("details.kept", most=20, period=timedelta(hours=1))
_KEPT: Final = timedelta(minutes=30)
_LONGEST: Final = 16_000  # characters; a form filled to its limits has some 3,000
_SESSION_KEY: Final = "kept-details"


def keep_details(request: HttpRequest) -> bool:
    """Put what was sent away in the visitor's session.

    Gives False when no page of ours was sent, or too much, or too often: the form is then shown again, filled.
    """
    owner = marked_subject(request)
    if not owner:
        return False
    names = DetailsForm.base_fields.keys()
    text = urlencode([(name, value) for name in names for value in request.POST.getlist(name)])
    if len(text) > _LONGEST:
        return False
    try:
        count_use(limit=OF_ONE_ACCOUNT, of=owner)
    except LimitReachedError:
        return False
    until = timezone.now() + _KEPT
    request.session[_SESSION_KEY] = {"until": until.isoformat(), "text": encrypt(text, context=_context(owner)).hex()}
    return True


def kept_details(request: HttpRequest, account: Account) -> QueryDict | None:
    """Give the fields that were sent from this account's page in this browser; None when there are none any more."""
    kept = request.session.get(_SESSION_KEY)
    if not kept or datetime.fromisoformat(kept["until"]) <= timezone.now():
        return None
    try:
        return QueryDict(decrypt(bytes.fromhex(kept["text"]), context=_context(str(account.pk))))
    except UndecryptableError:
        return None


@contextmanager
def details_outlive(request: HttpRequest) -> Iterator[None]:
    """Carry what is kept over the end of the session: logging in begins with another one."""
    kept = request.session.get(_SESSION_KEY)
    yield
    if kept:
        request.session[_SESSION_KEY] = kept


def forget_details(request: HttpRequest) -> None:
    """Throw away what is kept in the visitor's session, if anything is."""
    request.session.pop(_SESSION_KEY, None)


def _context(owner: str) -> str:
    return f"accounts.kept_details:{owner}"

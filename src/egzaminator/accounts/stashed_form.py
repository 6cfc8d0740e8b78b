"""The stash: what was typed into a form, kept in the session for the same form's page.

It holds the fields of a form that reauthentication interrupted (`stash_fields`), or the details of an examiner whose
session had ended when they were sent (`stash_details`). Both are encrypted for one account, so nobody else who logs in
in this browser sees them, and for half an hour. They only fill the form in again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Account
from egzaminator.core.form_encryption import decrypt_from_form, encrypt_for_form
from egzaminator.core.form_marks import marked_subject
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

_LIFETIME: Final = timedelta(minutes=30)

_FIELDS_KEY: Final = "stashed-fields"
_LONGEST_FIELDS: Final = 4_000  # characters
# A proof is valid for one response, and the CSRF token belongs to the session.
_NEVER: Final = frozenset({"csrfmiddlewaretoken", "credential", "code"})

_DETAILS_KEY: Final = "stashed-details"
_LONGEST_DETAILS: Final = 16_000  # characters; a form filled to its limits has some 3,000
# A form's mark never expires and works in any browser. Without this limit, anybody who once had an account could fill
# the table of sessions with it.
OF_ONE_ACCOUNT: Final = Limit("details.stashed", most=20, period=timedelta(hours=1))


def stash_fields(request: HttpRequest, account: Account, *, page: str) -> None:
    """Stash the sent fields for a page, in place of any earlier stash.

    Do nothing if there are no fields or if they are too long.
    """
    fields = [(name, value) for name, values in request.POST.lists() if name not in _NEVER for value in values]
    text = urlencode(fields)
    if fields and len(text) <= _LONGEST_FIELDS:
        request.session[_FIELDS_KEY] = encrypt_for_form(text, context=_of_page(account, page), lifetime=_LIFETIME)


def take_fields(request: HttpRequest, account: Account, *, page: str) -> QueryDict:
    """Return the fields stashed for a page, and delete the stash.

    Return an empty `QueryDict` if there are none, if they are too old, or if the request is not a GET.
    """
    stashed = request.session.get(_FIELDS_KEY)
    if not stashed or request.method != "GET":
        return QueryDict()
    text = decrypt_from_form(stashed, context=_of_page(account, page))
    if text is None:
        return QueryDict()
    del request.session[_FIELDS_KEY]
    return QueryDict(text)


def stash_details(request: HttpRequest) -> bool:
    """Stash the details that a page made for an account has sent, whoever is logged in now.

    Return False if no page of ours sent them, if they are too long, or if the account's rate limit is reached. The form
    is then shown again, filled in.
    """
    owner = marked_subject(request)
    if not owner:
        return False
    names = DetailsForm.base_fields.keys()
    text = urlencode([(name, value) for name in names for value in request.POST.getlist(name)])
    if len(text) > _LONGEST_DETAILS:
        return False
    try:
        hit(limit=OF_ONE_ACCOUNT, of=owner)
    except LimitReachedError:
        return False
    request.session[_DETAILS_KEY] = encrypt_for_form(text, context=_of_owner(owner), lifetime=_LIFETIME)
    return True


def stashed_details(request: HttpRequest, account: Account) -> QueryDict | None:
    """Return the stashed details that this account's page sent in this browser, or None if there are none any more."""
    stashed = request.session.get(_DETAILS_KEY)
    text = decrypt_from_form(stashed, context=_of_owner(str(account.pk))) if stashed else None
    return None if text is None else QueryDict(text)


def forget_details(request: HttpRequest) -> None:
    """Delete the stashed details from the visitor's session, if there are any."""
    request.session.pop(_DETAILS_KEY, None)


@contextmanager
def details_outlive(request: HttpRequest) -> Iterator[None]:
    """Carry the stashed details from the session that ends to the new one that a log-in starts."""
    stashed = request.session.get(_DETAILS_KEY)
    yield
    if stashed:
        request.session[_DETAILS_KEY] = stashed


def _of_page(account: Account, page: str) -> str:
    return f"accounts.stashed-fields:{account.id}:{page}"


def _of_owner(owner: str) -> str:
    return f"accounts.stashed-details:{owner}"

"""Whether somebody who is logged in has shown lately that it is still them."""

import datetime
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.kernel.requests import client_address

P = ParamSpec("P")

CONFIRMED_FOR: Final = datetime.timedelta(minutes=10)
# Whoever has seen the page in time may fill it in at leisure: installing an app takes a while.
TO_SEND: Final = datetime.timedelta(hours=1)


def confirmation_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only those into a view who logged in or confirmed who they are in the last ten minutes.

    Others go to a page that asks for the password, a code or a passkey, and leads back here. Goes beneath the decorator
    that asks for a login, and works for examiners and staff.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_confirmed(request, within=TO_SEND if request.method == "POST" else CONFIRMED_FOR):
            return redirect(confirmation_address(back_to=request.get_full_path()))
        return view(request, *args, **kwargs)

    return wrapped


def confirmation_address(*, back_to: str) -> str:
    """Give the address of the page that asks for the proof, and leads back to an address of ours."""
    return f"{reverse('confirm')}?{urlencode({'next': back_to})}"


def is_confirmed(request: HttpRequest, *, within: datetime.timedelta = CONFIRMED_FOR) -> bool:
    """Tell whether the person has proven who they are, at login or since, within a time."""
    if not isinstance(request.user, Account):
        return False
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < within.total_seconds() for record in records)


def remember_confirmation(request: HttpRequest, account: Account, *, method: str) -> None:
    """Note that the person has confirmed who they are, and by what; the session takes a new id (ASVS 5.0, 7.2.4)."""
    record_authentication(request, account, method, reauthenticated=True)
    request.session.cycle_key()
    record_event(
        tag=Tag.IDENTITY_CONFIRMED,
        actor=account.id,
        subject=account.id,
        address=client_address(request),
        details={"by": method},
    )

"""Re-authentication: what this session has proved about the person, and when; not what the account could prove."""

import datetime
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from egzaminator.accounts.domain.codes import RECOVERY
from egzaminator.accounts.models import Account
from egzaminator.accounts.stashed_form import stash_fields
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.requests import client_ip

P = ParamSpec("P")

CONFIRMED_FOR: Final = datetime.timedelta(minutes=10)


def reauthentication_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Require a login or a re-authentication in the last ten minutes, whatever the HTTP method.

    Other users are redirected to the page that asks for the password, a code or a passkey, and back here afterwards.
    The page gets back what they had typed (`take_fields`). Apply this decorator below the one that requires a login. It
    works for examiners and staff.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if has_reauthenticated(request):
            return view(request, *args, **kwargs)
        return ask_to_reauthenticate(request, back_to=request.get_full_path())

    return wrapped


def ask_to_reauthenticate(request: HttpRequest, *, back_to: str) -> HttpResponse:
    """Redirect to the re-authentication page, which leads on to `back_to`, a URL of ours.

    The submitted fields of a POST are kept for the page at `back_to`.
    """
    if request.method == "POST" and isinstance(request.user, Account):
        stash_fields(request, request.user, page=back_to)
    return redirect(reauthentication_url(back_to=back_to))


def reauthentication_url(*, back_to: str) -> str:
    """Return the URL of the re-authentication page that leads back to `back_to`, a URL of ours."""
    return f"{reverse('confirm')}?{urlencode({'next': back_to})}"


def has_reauthenticated(request: HttpRequest) -> bool:
    """Return whether the user authenticated in this session in the last ten minutes, at login or since."""
    if not isinstance(request.user, Account):
        return False
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < CONFIRMED_FOR.total_seconds() for record in records)


def has_proven_second_factor(request: HttpRequest) -> bool:
    """Return whether this session has proved a second factor or passkey that its account still has."""
    if not isinstance(request.user, Account):
        return False
    records = get_authentication_records(request, request.user)
    proven = [record["id"] for record in records if "id" in record]
    return bool(proven) and Authenticator.objects.filter(user=request.user, pk__in=proven).exists()


def remember_reauthentication(request: HttpRequest, account: Account, *, authenticator: Authenticator | None) -> None:
    """Record a re-authentication in the session, and change the session key (ASVS 5.0, 7.2.4).

    `authenticator` is the second factor that was proved. None means the password; its audit event is recorded where it
    is compared.
    """
    if authenticator is None:
        record_authentication(request, account, "password", reauthenticated=True)
    else:
        post_authentication(request, authenticator, reauthenticated=True)
        record_event(
            tag=Tag.IDENTITY_CONFIRMED,
            by=Actor(account.id, client_ip(request)),
            subject=account.id,
            details={"by": authenticator.type},
        )
    request.session.cycle_key()


def remember_first_second_factor(request: HttpRequest, account: Account) -> None:
    """Record in the session that it has proved the first second factor of the account, and change the session key.

    Adding the factor already took a code, or the verification of the owner by the passkey's device.
    """
    added = Authenticator.objects.filter(user=account).exclude(type=RECOVERY).latest("created_at")
    record_authentication(request, account, "mfa", id=added.pk, type=added.type)
    request.session.cycle_key()

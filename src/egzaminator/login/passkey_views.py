"""Log-in by passkey alone.

A passkey is two factors in one: possession of a device, and the fingerprint, face or PIN that the device asks for.
"""

import datetime
from contextlib import suppress
from typing import Final

from allauth.account.models import Login
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from egzaminator.accounts.errors import PasskeyRefusedError
from egzaminator.accounts.mfa.passkeys import CHALLENGE_LIVES, login_challenge, prove_login_passkey
from egzaminator.accounts.stashed_form import details_outlive
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.requests import client_ip, network_of
from egzaminator.login.cookie_check import through_cookie_check
from egzaminator.login.refusals import forget_refusal
from egzaminator.login.same_origin import comes_from_our_page
from egzaminator.login.views import landing_of, refuse
from egzaminator.onboarding.session import forget_all
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

_COOKIE: Final = "__Secure-passkey" if settings.SESSION_COOKIE_SECURE else "passkey"
# A school's teachers share one IP address. Refusals past the limit get the same response and are not recorded.
RECORDED: Final = Limit("passkey.refused", most=60, period=datetime.timedelta(hours=1))


@csrf_exempt  # `comes_from_our_page` checks instead: the log-in box on cached pages has no CSRF token
@require_POST
def passkey_login_challenge(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to prove any passkey of ours, and set the signed challenge as a cookie.

    Other sites get status 403.
    """
    if not comes_from_our_page(request):
        return JsonResponse({}, status=403)
    options, signed = login_challenge()
    response = JsonResponse(options)
    response.set_cookie(
        _COOKIE,
        signed,
        max_age=CHALLENGE_LIVES,
        path=reverse("passkey-login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@csrf_exempt  # as above
@sensitive_post_parameters("credential")
@require_POST
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Log in whoever proves a passkey, without a second step: the passkey includes it."""
    if not comes_from_our_page(request):
        return redirect("login")
    try:
        authenticator = prove_login_passkey(request.POST.get("credential", ""), signed=request.COOKIES.get(_COOKIE, ""))
    except PasskeyRefusedError:
        _record_refusal(client_ip(request))
        return through_cookie_check(request, _forget_challenge(refuse(request, kind="passkey")))
    account = authenticator.user
    with details_outlive(request):
        forget_all(request)
    response: HttpResponse = perform_passwordless_login(
        request, authenticator, Login(user=account, redirect_url=landing_of(request, account))
    )
    forget_refusal(request, response)
    return through_cookie_check(request, _forget_challenge(response))


def _forget_challenge(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(_COOKIE, path=reverse("passkey-login"), samesite="Strict")
    return response


def _record_refusal(ip: str) -> None:
    with suppress(LimitReachedError):
        hit(limit=RECORDED, of=network_of(ip))
        record_event(tag=Tag.PASSKEY_REFUSED, by=Actor(ip=ip))

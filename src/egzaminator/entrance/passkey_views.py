"""The log-in by passkey alone: which is something one has, and the finger, face or PIN that its device asks for."""

import datetime
from typing import Final

from allauth.account.models import Login
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from egzaminator.accounts.errors import PasskeyRefusedError
from egzaminator.accounts.kept_details import details_outlive
from egzaminator.accounts.passkeys import challenge, prove_passkey
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.entrance.cookie_check import through_cookie_check
from egzaminator.entrance.refusals import forget_refusal
from egzaminator.entrance.same_origin import comes_from_our_page
from egzaminator.entrance.views import home_of, refuse, safe_next
from egzaminator.kernel.requests import client_address, network_of
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.onboarding.browser import forget_all

# Each challenge writes a session. A school's teachers share one address.
BY_NETWORK: Final = Limit("passkey.network", most=300, period=datetime.timedelta(minutes=5))


@csrf_exempt  # checked by comes_from_our_page, which the log-in box on cached pages needs
@require_POST
def passkey_login_challenge(request: HttpRequest) -> HttpResponse:
    """Give the browser what it needs to prove any passkey of ours: 403 to other sites' pages, 429 past the limit."""
    if not comes_from_our_page(request):
        return JsonResponse({}, status=403)
    try:
        count_use(limit=BY_NETWORK, of=network_of(client_address(request)))
    except LimitReachedError as reached:
        return JsonResponse({}, status=429, headers={"Retry-After": str(reached.seconds)})
    return JsonResponse(challenge())


@csrf_exempt  # as above
@sensitive_post_parameters("credential")
@require_POST
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Log in whoever proves a passkey; the second step is in it."""
    if not comes_from_our_page(request):
        return redirect("login")
    try:
        authenticator = prove_passkey(request.POST.get("credential", ""))
    except PasskeyRefusedError:
        record_event(tag=Tag.PASSKEY_REFUSED, address=client_address(request))
        return through_cookie_check(request, refuse(request, kind="passkey"))
    account = authenticator.user
    with details_outlive(request):
        forget_all(request)
    response: HttpResponse = perform_passwordless_login(
        request, authenticator, Login(user=account, redirect_url=safe_next(request) or home_of(account))
    )
    forget_refusal(request, response)
    return through_cookie_check(request, response)

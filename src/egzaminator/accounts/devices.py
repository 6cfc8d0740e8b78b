"""The cookie by which a browser is recognised.

It is set after completed log-ins and after used links to an account, never in response to anything that may be refused.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from egzaminator.accounts.domain.devices import RememberedDevice, remember_device
from egzaminator.accounts.models import Account
from egzaminator.core.tokens import is_token

_MAX_AGE: Final = 365 * 24 * 60 * 60  # seconds


def device_token(request: HttpRequest) -> str:
    """Return the device token of this browser's cookie, or "" if it has none."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return token if is_token(token) else ""


def remember_browser(request: HttpRequest, response: HttpResponse, account: Account) -> RememberedDevice:
    """Remember the browser of a person who has just proved that an account is theirs.

    Set the cookie with the browser's token on the response, for one year.
    """
    remembered = remember_device(
        account=account, token=device_token(request), user_agent=request.headers.get("User-Agent", "")
    )
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        remembered.token,
        max_age=_MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return remembered

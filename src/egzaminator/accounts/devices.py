"""The cookie that a browser is known by again. It is set by completed log-ins only."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from egzaminator.kernel.tokens import is_token

_MAX_AGE: Final = 365 * 24 * 60 * 60  # seconds


def device_token(request: HttpRequest) -> str:
    """Give the token that this browser has, or nothing."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return token if is_token(token) else ""


def keep_device_token(response: HttpResponse, token: str) -> None:
    """Have the browser keep its token for another year."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=_MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

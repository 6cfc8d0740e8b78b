"""Files below `/.well-known/`, for machines."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from egzaminator.core.board import current_board

# RFC 9116, section 2.5.5, recommends less than a year. A running site renews the date by itself.
_VALID: Final = dt.timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Return security.txt (RFC 9116): whom to contact about a vulnerability of the site."""
    board = current_board()
    midnight = timezone.now().astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{board.email}",
        f"Contact: tel:{board.phone_link}",
        f"Expires: {(midnight + _VALID).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: pl, en",
        f"Canonical: {settings.PUBLIC_BASE_URL}/.well-known/security.txt",
    )
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)

"""The demo's mailbox as web pages."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egzaminator.demo.received import MAILBOX, NotReceivedError, list_received, read_received

_SHOWN: Final = 100


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the e-mails that the demo sent, newest first."""
    messages = list_received(settings.DATA_DIR / MAILBOX, limit=_SHOWN)
    return render(request, "demo/mailbox.html", {"received": messages, "limit": _SHOWN})


@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    """Show one e-mail that the demo sent."""
    try:
        received = read_received(settings.DATA_DIR / MAILBOX, key)
    except NotReceivedError:
        raise Http404 from None
    return render(request, "demo/message.html", {"received": received})

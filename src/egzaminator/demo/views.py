"""The demo's mailbox as web pages."""

from typing import Final

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egzaminator.demo.received import MAILBOX, NotReceivedError, Received, list_received, read_received

_SHOWN: Final = 100
# An e-mail has its styles inside. Otherwise it may do even less than a page: its origin is its own.
_LETTER_POLICY: Final = {
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [NONE],
    "font-src": [NONE],
    "connect-src": [NONE],
    "form-action": [NONE],
    "sandbox": True,
}


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the e-mails that the demo sent, newest first."""
    messages = list_received(settings.DATA_DIR / MAILBOX, limit=_SHOWN)
    return render(request, "demo/mailbox.html", {"received": messages, "limit": _SHOWN})


@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    """Show one e-mail that the demo sent, in plain text."""
    return render(request, "demo/message.html", {"received": _received(key)})


@require_safe
@csp_replace(_LETTER_POLICY)  # type: ignore[arg-type]  # its types know no views with arguments
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Return the HTML of one e-mail that the demo sent, as mail programs show it."""
    return HttpResponse(_received(key).html)


def _received(key: str) -> Received:
    try:
        return read_received(settings.DATA_DIR / MAILBOX, key)
    except NotReceivedError:
        raise Http404 from None

"""The demo's mailbox as web pages, and the page of components for developers."""

from dataclasses import replace
from typing import Any, Final

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egzaminator.cms.site_data import current_site_data
from egzaminator.demo.components import samples
from egzaminator.demo.components.examples import examples
from egzaminator.demo.components.sections import make_sections
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

# Whose frame stands around the page of components, by the value of `?frame=`.
_NOTICE: Final = "Tak wygląda komunikat komisji na każdej stronie serwisu."
_FRAMES: Final = {"examiner": samples.examiner, "staff": samples.staff}


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


@require_safe
@csp_update({"img-src": [SELF, "data:"]})  # for the example of a QR code
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, to developers alone: only `make dev` has Django's debug pages."""
    if not settings.DEBUG:
        raise Http404
    context: dict[str, Any] = {
        "sections": make_sections(examples(), request),
        "site": replace(current_site_data(), notice_text=_NOTICE, notice_until=None),
    }
    if make_user := _FRAMES.get(request.GET.get("frame", "")):
        context["user"] = make_user()
    return render(request, "demo/components.html", context)


def _received(key: str) -> Received:
    try:
        return read_received(settings.DATA_DIR / MAILBOX, key)
    except NotReceivedError:
        raise Http404 from None

"""What a form says, unforgeably, of whom it was made for and what it is for.

Two tabs of one browser share one session. A form that trusts the session alone acts on whoever logged in last, with
what somebody else typed. So each form carries a mark: encrypted, which tells nobody whose it is, and bound to the one
view, with its arguments, that it is sent to. A mark is no permission: it opens nothing, and is as good tomorrow.
"""

import base64
from typing import Final

from django.http import HttpRequest

from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt

MARK_FIELD: Final = "whose"
_LONGEST: Final = 600  # characters; one of two UUIDs has some 200


def make_mark(subject: object, view: str, *args: object) -> str:
    """Give the mark of a form. Takes whom it is for, and the name and arguments of the view that it is sent to."""
    return base64.urlsafe_b64encode(encrypt(str(subject), context=_context(view, args))).decode()


def own_mark(request: HttpRequest, subject: object) -> str:
    """Give the mark of a form that is sent to the view of this request."""
    return make_mark(subject, *_view_of(request))


def marked_subject(request: HttpRequest) -> str:
    """Give whom the form that was sent to this view was made for; nothing if it does not say so, or for another."""
    mark = request.POST.get(MARK_FIELD, "")
    if not mark or len(mark) > _LONGEST:
        return ""
    view, *args = _view_of(request)
    try:
        return decrypt(base64.urlsafe_b64decode(mark), context=_context(str(view), tuple(args)))
    except (UndecryptableError, ValueError):  # the latter for what is no base64
        return ""


def is_marked_for(request: HttpRequest, subject: object) -> bool:
    """Tell whether the form that was sent was made for this subject and this view."""
    return marked_subject(request) == str(subject)


def _view_of(request: HttpRequest) -> tuple[str, *tuple[object, ...]]:
    match = request.resolver_match
    return (match.view_name, *match.kwargs.values()) if match else ("",)


def _context(view: str, args: tuple[object, ...]) -> str:
    return "form:" + " ".join([view, *map(str, args)])

"""Refusals, shown after a redirect, so that going back shows them again instead of an error of the browser's.

What is shown is kept by the browser, signed, for ten minutes: the kind and the case code, never what was typed. The
server keeps nothing: whoever is refused has proven nothing, and gets no session.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

_SECONDS: Final = 10 * 60
_SALT: Final = "entrance.refusals"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRefusal:
    """Why a form was refused. `page` is the view that shows it; `wrong`, by fields, the codes of their errors."""

    page: str
    kind: str = "wrong"
    case_code: str = ""
    wrong: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_form(cls, form: forms.Form, *, page: str) -> "ShownRefusal":
        """Give the refusal of a form whose fields are wrong."""
        wrong = {name: errors[0].code or "" for name, errors in form.errors.as_data().items()}
        return cls(page=page, wrong=wrong)


def keep_refusal(response: HttpResponse, refusal: ShownRefusal) -> HttpResponse:
    """Have the browser keep a refusal for the page that the answer leads to."""
    response.set_cookie(
        settings.REFUSAL_COOKIE_NAME,
        signing.dumps(asdict(refusal), salt=_SALT),
        max_age=_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def kept_refusal(request: HttpRequest, *, page: str) -> ShownRefusal | None:
    """Give the refusal that a page has to show, or None."""
    try:
        kept: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.REFUSAL_COOKIE_NAME, ""), salt=_SALT, max_age=_SECONDS
        )
    except signing.BadSignature:
        return None
    return ShownRefusal(**kept) if kept["page"] == page else None


def forget_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Have the browser forget its refusal, once somebody is in."""
    if settings.REFUSAL_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.REFUSAL_COOKIE_NAME, samesite="Lax")


def put_refusal(form: forms.Form, refusal: ShownRefusal | None) -> None:
    """Put the errors of a refused form on one that was bound to nothing."""
    form.errors.clear()
    for name, code in (refusal.wrong if refusal else {}).items():
        messages = form.fields[name].error_messages
        form.add_error(name, ValidationError(messages.get(code, messages["required"]), code=code))

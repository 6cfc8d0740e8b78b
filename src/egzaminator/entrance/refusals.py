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
    """Why a form was refused. `page` is the view that shows it; `wrong`, by fields, what was wrong with them."""

    page: str
    kind: str = "wrong"
    case_code: str = ""
    wrong: dict[str, dict[str, str | int]] = field(default_factory=dict)

    @classmethod
    def of_form(cls, form: forms.Form, *, page: str) -> "ShownRefusal":
        """Give the refusal of a form whose fields are wrong."""
        return cls(page=page, wrong={name: _said(errors[0]) for name, errors in form.errors.as_data().items()})


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
    for name, said in (refusal.wrong if refusal else {}).items():
        shown = form.fields[name]
        message = shown.error_messages.get(str(said["code"]), shown.error_messages["required"])
        form.add_error(name, ValidationError(message, code=str(said["code"]), params={"label": shown.label, **said}))


def _said(error: ValidationError) -> dict[str, str | int]:
    """Give the code of an error and what its words are filled in with: numbers and single signs, no text as typed."""
    params = (error.params or {}).items()
    told = {
        name: value for name, value in params if isinstance(value, int) or (isinstance(value, str) and len(value) == 1)
    }
    return {"code": error.code or "", **told}

"""Refusals shown after a redirect, so that going back shows them again instead of a browser error.

A cookie holds what is shown, signed, for ten minutes: the kind and the case code, never what was typed. The server
stores nothing: whoever was refused has proven nothing, and gets no session.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

_SECONDS: Final = 10 * 60
_SALT: Final = "login.refusals"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRefusal:
    """Why a form was refused.

    `page` is the name of the view that shows it. `wrong` maps the names of fields to what was wrong with them: an error
    code and the parameters of its message.
    """

    page: str
    kind: str = "wrong"
    case_code: str = ""
    wrong: dict[str, dict[str, str | int]] = field(default_factory=dict)

    @classmethod
    def of_form(cls, form: forms.Form, *, page: str) -> "ShownRefusal":
        """Return the refusal of an invalid form, with the first error of each field."""
        return cls(
            page=page, wrong={name: _code_and_params(errors[0]) for name, errors in form.errors.as_data().items()}
        )


def keep_refusal(response: HttpResponse, refusal: ShownRefusal) -> HttpResponse:
    """Store a refusal in a cookie for the page that the response redirects to; return the response."""
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
    """Return the stored refusal if this page has to show it, else None."""
    try:
        kept: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.REFUSAL_COOKIE_NAME, ""), salt=_SALT, max_age=_SECONDS
        )
    except signing.BadSignature:
        return None
    return ShownRefusal(**kept) if kept["page"] == page else None


def forget_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Delete the stored refusal once somebody has logged in."""
    if settings.REFUSAL_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.REFUSAL_COOKIE_NAME, samesite="Lax")


def put_refusal(form: forms.Form, refusal: ShownRefusal | None) -> None:
    """Put the errors of a refused form, if any, on a form that was bound to no data."""
    form.errors.clear()
    for name, said in (refusal.wrong if refusal else {}).items():
        shown = form.fields[name]
        message = shown.error_messages.get(str(said["code"]), shown.error_messages["required"])
        form.add_error(name, ValidationError(message, code=str(said["code"]), params={"label": shown.label, **said}))


def _code_and_params(error: ValidationError) -> dict[str, str | int]:
    """Return an error's code and the parameters of its message.

    Only numbers and single characters are kept as parameters, never text as typed.
    """
    params = (error.params or {}).items()
    kept = {
        name: value for name, value in params if isinstance(value, int) or (isinstance(value, str) and len(value) == 1)
    }
    return {"code": error.code or "", **kept}

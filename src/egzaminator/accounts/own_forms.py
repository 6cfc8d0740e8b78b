"""Forms that act on one person: accepted only from the person they were made for, shown again to everybody else.

Two people may use one browser, in two tabs. A page made for one of them must not act on the other, and what was typed
into it must not be lost. A form shown again is filled in and keeps its mark, so it still acts on nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.models import Account
from egzaminator.core.form_marks import MARK_FIELD, is_marked_for, marked_subject
from egzaminator.core.typed_text import TRANSLATE_FIELD, put_typed_text, show_typed_text

P = ParamSpec("P")
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

OTHER_PERSON: Final = _(
    "Somebody else has logged in in this browser meanwhile. Nothing was changed. Log in again in another tab, then "
    "send this form once more."
)
LOGGED_OUT: Final = _(
    "You are no longer logged in in this browser. Nothing was changed. Log in again in another tab, then send this "
    "form once more."
)
OUTDATED: Final = _(
    "This page was opened before you last logged in. Nothing was changed. Check the form and send it once more."
)
NO_COOKIES: Final = _("If you read this again, your browser keeps no cookies: allow them for this site.")


def logged_in(request: HttpRequest) -> str:
    """Return the id of the logged-in account, for whom an account's form must be made, or "" if there is none."""
    return str(request.user.pk) if isinstance(request.user, Account) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnForm:
    """What `own_form` knows of a form before its view runs.

    `subject` returns the id of the person that the form acts on. `page` names the view that shows the form, if it is
    another one. `typed` makes the empty form whose text is kept; it is None for forms in which only passwords are
    typed.
    """

    subject: Callable[[HttpRequest], str] = logged_in
    page: str = ""
    typed: Callable[[], forms.BaseForm] | None = None
    title: str | Promise = ""
    button: str | Promise = ""


# For requests that no form sends and that change no person's data.
UNMARKED: Final = OwnForm(subject=lambda _request: "")


def own_form(form: OwnForm) -> Callable[[View[P]], View[P]]:
    """Pass a POST to the view only if its form was made for the person that the view acts on.

    Anybody else gets the form back, filled in (status 409), or is redirected to its page with a warning. If nobody is
    logged in and nothing typed could be lost, the view runs, and its log-in check answers.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST":
                answer = _answer_to_stranger(request, form)
                if answer is not None:
                    return answer
                if TRANSLATE_FIELD in request.POST:
                    show_typed_text(request)
            return view(request, *args, **kwargs)

        wrapped.own_form = form  # type: ignore[attr-defined]  # read by own_form_of
        return wrapped

    return decorate


def takes(form: OwnForm) -> Callable[[AnyView], AnyView]:
    """Attach the description of its form to a view.

    Put this beneath the decorator that requires a log-in and applies the check of `own_form`.
    """

    def decorate(view: AnyView) -> AnyView:
        view.own_form = form  # type: ignore[attr-defined]  # as above
        return view

    return decorate


def own_form_of(view: object) -> OwnForm | None:
    """Return the description of the form that a view takes, through any other decorators, or None."""
    return getattr(view, "own_form", None)


def show_unchecked(request: HttpRequest, form: OwnForm) -> HttpResponse | None:
    """Return the filled form (status 403) if the CSRF check of a form that our own page sent has failed.

    Return None if nothing typed could be lost, or if the form does not say for whom it was made.
    """
    owner = marked_subject(request)
    if form.typed is None or not owner:
        return None
    subject = form.subject(request)
    return _filled(request, form, _reason(subject, owner), status=403)


def _answer_to_stranger(request: HttpRequest, form: OwnForm) -> HttpResponse | None:
    """Return the response to a form that was made for somebody else.

    Return None for the right person, and where the log-in page comes next.
    """
    subject = form.subject(request)
    if subject and is_marked_for(request, subject):
        return None
    owner = marked_subject(request)
    if owner and form.typed is not None:
        return _filled(request, form, _reason(subject, owner), status=409)
    if not subject:
        return None
    messages.warning(request, str(_reason(subject, owner)))
    return redirect(form.page or request.get_full_path())


def _reason(subject: str, owner: str) -> Promise:
    if not subject:
        return LOGGED_OUT
    return OUTDATED if owner in {subject, ""} else OTHER_PERSON


def _filled(request: HttpRequest, form: OwnForm, reason: Promise, *, status: int) -> HttpResponse:
    """Show the form with what was typed and nothing else: no data of the person who is logged in now."""
    assert form.typed is not None  # noqa: S101 -- both callers check this
    typed = form.typed()
    put_typed_text(typed, request.POST)
    context = {
        "form": typed,
        "title": form.title,
        "button": form.button,
        "reason": reason,
        "hint": "" if request.COOKIES else NO_COOKIES,
        "mark_field": MARK_FIELD,
        "mark": request.POST[MARK_FIELD],
    }
    return render(request, "accounts/resubmit_form.html", context, status=status)

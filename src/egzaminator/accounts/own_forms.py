"""Forms that act on one person: sent on only for whom they were made, and shown again, filled, to everybody else.

Two people may use one browser, in two tabs. The page that was made for one of them must not act on the other, and must
not lose what was typed into it either. What is shown again keeps its mark, so that it still acts on nobody else.
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
from egzaminator.kernel.form_marks import MARK_FIELD, is_marked_for, marked_subject
from egzaminator.kernel.typed_text import TRANSLATE_FIELD, put_typed_text, show_typed_text

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
    """Give whom an account's form must be made for: whoever is logged in, or nobody."""
    return str(request.user.pk) if isinstance(request.user, Account) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnForm:
    """What is known of a form before its view runs.

    `page` is the view that shows it, where that is another one. `typed` makes the empty form whose text is kept; forms
    in which nothing but passwords is typed have none.
    """

    subject: Callable[[HttpRequest], str] = logged_in
    page: str = ""
    typed: Callable[[], forms.BaseForm] | None = None
    title: str | Promise = ""
    button: str | Promise = ""


# What a view takes that no form sends, and that changes nothing of a person's.
UNMARKED: Final = OwnForm(subject=lambda _request: "")


def own_form(form: OwnForm) -> Callable[[View[P]], View[P]]:
    """Let a view have only what was sent by a form that was made for whom it acts on."""

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
    """Say what form a view takes, beneath the decorator that asks for a login and holds the form to it."""

    def decorate(view: AnyView) -> AnyView:
        view.own_form = form  # type: ignore[attr-defined]  # as above
        return view

    return decorate


def own_form_of(view: object) -> OwnForm | None:
    """Give what is known of the form that a view takes, whatever other decorators lie over it."""
    return getattr(view, "own_form", None)


def show_unchecked(request: HttpRequest, form: OwnForm) -> HttpResponse | None:
    """Show a form again that failed the check of its token, and that a page of ours has sent.

    Gives None where nothing was typed that could be lost, or where the form does not say whose it is.
    """
    owner = marked_subject(request)
    if form.typed is None or not owner:
        return None
    subject = form.subject(request)
    return _filled(request, form, _reason(subject, owner), status=403)


def _answer_to_stranger(request: HttpRequest, form: OwnForm) -> HttpResponse | None:
    """Answer what was made for somebody else; give None for the right person, and where the log-in page comes next."""
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
    """Show the form with what was typed and nothing else: no word of whoever is logged in now stands beside it."""
    assert form.typed is not None  # noqa: S101 -- both callers have looked
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
    return render(request, "accounts/filled_form.html", context, status=status)

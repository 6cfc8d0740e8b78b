"""Staff actions: what staff do to a person from the panel, the use case that it runs, and what they are told."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.core.typed_text import put_typed_text
from egzaminator.panel.access import permission_required
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.record_form import RecordForm

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPage(Generic[Subject]):
    """The page of what actions are taken on, such as an examiner's account, or an act by two persons."""

    find: Callable[..., Subject]
    """Return the subject that a request's URL names by its parameters, and count the look-up of its person.

    Raise `Http404`.
    """
    url: Callable[[Subject], str]
    """Return the URL of the page that offers the actions, where each of them leads back to."""
    list_view: str
    """The name of the view that whoever else has logged in meanwhile is redirected to."""
    name: Callable[[Subject], str]
    """Return the name of the person whom the actions are about."""
    record_view: Callable[[HttpRequest, Subject], None] = lambda _request, _subject: None
    """Record that a staff member sees an action's page, before it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAction(Generic[Subject]):
    """An action by one button. The view is made from this declaration."""

    name: str
    """The name of the URL."""
    path: str
    """The last part of the URL."""
    permission: str
    """The permission that it takes (staff/roles.py). Nobody else is offered it, and its view answers them 403."""
    run: Callable[[HttpRequest, Subject, Mapping[str, Any]], Promise]
    """Call the use case with the form's cleaned fields. Return the message for its success."""
    notices: Mapping[type[Exception], tuple[int, Promise | Callable[[Any], str]]] = field(default_factory=dict)
    """The level and text of the message for each expected error; the text may be made from the error."""
    needs_confirmation: bool = True
    """Whether re-authentication comes first, against an intruder at an unattended desk (ASVS 5.0, 7.5.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAction(StaffAction[Subject]):
    """An action with a page of its own, which says what it does and has its form."""

    title: Promise
    """What it does, in two or three words: the link to its page, and the page's heading."""
    is_offered: Callable[[Subject], bool]
    """Return whether the subject's state permits the action."""
    form: Callable[[Subject, Account, QueryDict | None], forms.BaseForm] = lambda _subject, _member, sent: forms.Form(
        sent
    )
    """Return the form that a staff member gets, bound to what they sent, if anything. By default it has no fields."""
    form_errors: Mapping[type[Exception], Promise | Callable[[Any, Any], None]] = field(default_factory=dict)
    """For each expected error after which the form is shown again, with what was typed: the text, or what adds it.

    The latter is called with the form and the error.
    """
    context: Callable[[Subject], Mapping[str, object]] = lambda _subject: {}
    """Return what else its template needs to say."""
    typed: Callable[[], forms.BaseForm] | None = None
    """Make the form that is shown, with what was typed and `title`, if somebody else has logged in meanwhile.

    They must see nothing about the person. None: nothing is typed.
    """

    @property
    def template(self) -> str:
        """The template of its page."""
        return f"panel/actions/{self.name}.html"


_NOT_NOW = _("That is not possible now: something has changed meanwhile. Look at the page again.")


def offered(
    request: HttpRequest, actions: Sequence[FormAction[Subject]], subject: Subject
) -> list[FormAction[Subject]]:
    """Return the actions that the logged-in staff member is offered on a subject now."""
    return [action for action in actions if request.user.has_perm(action.permission) and action.is_offered(subject)]


def button_view(action: StaffAction[Subject], page: SubjectPage[Subject]) -> Callable[..., HttpResponseBase]:
    """Return the view of an action whose button stands on the subject's page.

    Its URL has one parameter, the id of the subject.
    """

    @own_form(OwnForm(page=page.list_view))
    @permission_required(action.permission)
    @lookups_limited
    @require_http_methods(["POST"])
    def view(request: HttpRequest, **parameters: uuid.UUID) -> HttpResponse:
        (subject_id,) = parameters.values()
        subject = page.find(request, subject_id)
        if action.needs_confirmation and not has_reauthenticated(request):
            return ask_to_reauthenticate(request, back_to=page.url(subject))
        _run(action, request, subject, {})
        return redirect(page.url(subject))

    return view


def form_view(action: FormAction[Subject], page: SubjectPage[Subject]) -> Callable[..., HttpResponseBase]:
    """Return the view of an action's own page. The parameters of its URL are those of the page's `find`."""

    @own_form(OwnForm(page=page.list_view, typed=action.typed, title=action.title, button=_("Send")))
    @permission_required(action.permission)
    @lookups_limited
    @sensitive_post_parameters()
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, **parameters: uuid.UUID | int) -> HttpResponse:
        subject = page.find(request, *parameters.values())
        if action.needs_confirmation and not has_reauthenticated(request):
            return ask_to_reauthenticate(request, back_to=request.get_full_path())
        member = cast("Account", request.user)
        if request.method == "POST":
            form = action.form(subject, member, request.POST)
            if form.is_valid() and _run_form(action, request, subject, form):
                return redirect(page.url(subject))
        elif action.is_offered(subject):
            form = action.form(subject, member, None)
            typed = take_fields(request, member, page=request.get_full_path())
            if typed:
                put_typed_text(form, typed)
            if isinstance(form, RecordForm):
                form.keep_shown(typed)
        else:
            messages.warning(request, str(_NOT_NOW))
            return redirect(page.url(subject))
        page.record_view(request, subject)
        context = {
            **action.context(subject),
            "action": action,
            "form": form,
            "person": page.name(subject),
            "back_url": page.url(subject),
        }
        return render(request, action.template, context)

    return view


def _run(action: StaffAction[Subject], request: HttpRequest, subject: Subject, fields: Mapping[str, Any]) -> None:
    """Run the use case, and tell staff the result."""
    try:
        message = action.run(request, subject, fields)
    except tuple(action.notices) as error:
        level, text = action.notices[type(error)]
        messages.add_message(request, level, text(error) if callable(text) else str(text))
    else:
        messages.success(request, str(message))


def _run_form(action: FormAction[Subject], request: HttpRequest, subject: Subject, form: forms.BaseForm) -> bool:
    """Run the use case. Return False if staff have to send the form again."""
    try:
        _run(action, request, subject, form.cleaned_data)
    except tuple(action.form_errors) as error:
        told = action.form_errors[type(error)]
        if isinstance(told, Promise):
            form.add_error(None, str(told))
        else:
            told(form, error)
        return False
    return True

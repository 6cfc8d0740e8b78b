"""Staff actions: a form that staff send from a page of the panel, the use case that it runs, and what they are told."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.core.typed_text import put_typed_text
from egzaminator.panel.access import permission_required
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.staff.models import Act

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPage(Generic[Subject]):
    """The page of what actions are taken on: an examiner's account, or an act by two persons."""

    find: Callable[[HttpRequest, uuid.UUID], Subject]
    """Return the subject that a URL names, and count the look-up of its person. Raise `Http404`."""
    url: Callable[[Subject], str]
    """Return the URL of the page with the actions' forms, where re-authentication leads back to."""
    url_afterwards: Callable[[Subject], str]
    list_view: str
    """The name of the view that whoever else has logged in meanwhile is redirected to."""
    show: Callable[[HttpRequest, Subject, Mapping[str, forms.Form]], HttpResponse]
    """Render the page, with the rejected form of an action by the action's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAction(Generic[Subject]):
    """An action of the staff. The view is made from this declaration."""

    name: str
    """The name of the URL."""
    path: str
    """The last part of the URL."""
    permission: str
    """The permission that it takes (staff/roles.py). Nobody else is offered it, and its view answers them 403."""
    run: Callable[[HttpRequest, Subject, Mapping[str, Any]], Promise]
    """Call the use case with the form's cleaned fields. Return the message for its success."""
    form: Callable[[Subject, Account, QueryDict | None], forms.Form] = lambda _subject, _member, sent: forms.Form(sent)
    """Return the form that a staff member gets, bound to what they sent, if anything. By default it has no fields."""
    notices: Mapping[type[Exception], tuple[int, Promise]] = field(default_factory=dict)
    """The level and text of the message for each expected error."""
    form_errors: Mapping[type[Exception], Promise] = field(default_factory=dict)
    """The text for each expected error after which the form is shown again, with what was typed."""
    needs_confirmation: bool = True
    """Whether re-authentication comes first, against an intruder at an unattended desk (ASVS 5.0, 7.5.3)."""
    title: str | Promise = ""
    typed: Callable[[], forms.BaseForm] | None = None
    """Make the form that is shown, with what was typed and `title`, if somebody else has logged in meanwhile.

    They must see nothing about the person. None: nothing is typed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAction(StaffAction[Account]):
    """A staff action whose form stands on the page of an account: an examiner's, or a colleague's."""

    is_offered: Callable[[Account, Act | None], bool]
    """Return whether the account's state permits the action. Takes the act that waits for a second person, if any."""

    @property
    def template(self) -> str:
        """The template of its heading, explanation and form."""
        return f"panel/actions/{self.name}.html"


def offered(
    request: HttpRequest,
    actions: Sequence[AccountAction],
    account: Account,
    act: Act | None,
    *,
    url: str,
    sent: Mapping[str, forms.Form],
) -> list[tuple[AccountAction, forms.Form]]:
    """Return the actions that are offered to this member now, or whose form was sent and rejected, with their forms.

    `url` is that of the account's page. A form that re-authentication interrupted is filled in again.
    """
    member = cast("Account", request.user)
    kept = take_fields(request, member, page=url) if has_reauthenticated(request) else QueryDict()
    shown = []
    for action in actions:
        if action.name in sent:
            shown.append((action, sent[action.name]))
        elif member.has_perm(action.permission) and action.is_offered(account, act):
            form = action.form(account, member, None)
            if kept:
                put_typed_text(form, kept)
            shown.append((action, form))
    return shown


def action_view(action: StaffAction[Subject], page: SubjectPage[Subject]) -> Callable[..., HttpResponseBase]:
    """Return the view that takes an action's form. Its URL has one parameter, the id of the subject."""

    @own_form(OwnForm(page=page.list_view, typed=action.typed, title=action.title, button=_("Send")))
    @permission_required(action.permission)
    @lookups_limited
    @require_http_methods(["POST"])
    def view(request: HttpRequest, **parameters: uuid.UUID) -> HttpResponse:
        (subject_id,) = parameters.values()
        subject = page.find(request, subject_id)
        if action.needs_confirmation and not has_reauthenticated(request):
            return ask_to_reauthenticate(request, back_to=page.url(subject))
        assert isinstance(request.user, Account)  # noqa: S101 -- for mypy; `permission_required` has checked it
        form = action.form(subject, request.user, request.POST)
        if form.is_valid() and _run(action, request, subject, form):
            return redirect(page.url_afterwards(subject))
        return page.show(request, subject, {action.name: form})

    return view


def _run(action: StaffAction[Subject], request: HttpRequest, subject: Subject, form: forms.Form) -> bool:
    """Run the use case and tell staff the result. Return False if they have to send the form again."""
    try:
        message = action.run(request, subject, form.cleaned_data)
    except tuple(action.form_errors) as error:
        form.add_error(None, str(action.form_errors[type(error)]))
        return False
    except tuple(action.notices) as error:
        level, text = action.notices[type(error)]
        messages.add_message(request, level, str(text))
    else:
        messages.success(request, str(message))
    return True

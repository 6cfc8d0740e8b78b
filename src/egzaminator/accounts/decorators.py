"""View decorators that require a login."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form, own_form_of

P = ParamSpec("P")
View = Callable[[HttpRequest, Account], HttpResponse]


def examiner_required(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
    """Pass the logged-in examiner's account to a view.

    Users without a log-in are redirected to the log-in page. Staff, who have no examiner's account, are redirected to
    the panel. A form that was rendered for another user does not reach the view.
    """

    @own_form(own_form_of(view) or OwnForm())
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        account = request.user
        if not isinstance(account, Account) or not account.is_examiner:
            return redirect("panel")
        return view(request, account)

    return wrapped


def account_required(
    view: Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Pass the logged-in account, an examiner's or a staff member's, to a view.

    Users without a log-in are redirected to the log-in page. A form that was rendered for another user does not reach
    the view.
    """

    @own_form(own_form_of(view) or OwnForm())
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        account = request.user
        if not isinstance(account, Account):
            raise PermissionDenied
        return view(request, account, *args, **kwargs)

    return wrapped

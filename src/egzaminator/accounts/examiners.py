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
    """Hand a view the account of the examiner who is logged in.

    Whoever is not logged in is sent to the log-in page; staff, who have no examiner's account, to their own screens. A
    form that was made for somebody else does not reach the view.
    """

    @own_form(own_form_of(view) or OwnForm())
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        account = request.user
        if not isinstance(account, Account) or not account.is_examiner:
            return redirect("wagtailadmin_home")
        return view(request, account)

    return wrapped


def account_required(
    view: Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hand a view the account of whoever is logged in, examiner or staff; all others are sent to the log-in page.

    A form that was made for somebody else does not reach the view.
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

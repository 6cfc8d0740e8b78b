"""Which requests may enter the staff panel: staff with the second factor, if the settings demand it, and a permission.

Views ask for what somebody may do, never for their role: which role may do what is declared in `staff/roles.py`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page

from egzaminator.accounts.own_forms import own_form_of
from egzaminator.accounts.reauthentication import has_proven_second_factor, reauthentication_url

View = Callable[..., HttpResponseBase]
# A view's own attribute: the permission that it asks for. "" for all staff.
_PERMISSION: Final = "permission"


def staff_only(view: View) -> View:
    """Restrict a view to the board's staff. Redirect anonymous visitors to the log-in and answer 403 to examiners.

    If the settings demand a second factor, the session must have proven it. Staff who have given only the password are
    asked for the second factor, and staff who have none are redirected to the page that adds one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(_page_of(request))
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs) if is_proven_staff(request) else _ask_for_second_factor(request)

    return guarded


def permission_required(permission: str) -> Callable[[View], View]:
    """Restrict a view to staff who have a permission, such as `register.view_examiner`. Answer 403 to other staff.

    It includes `staff_only`. The logged-in account is looked up at each request, so a role that is taken away, or an
    account that is ended, closes the next click in every open tab.
    """

    def decorate(view: View) -> View:
        @staff_only
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        setattr(guarded, _PERMISSION, permission)
        return guarded

    return decorate


def permission_of(view: object) -> str:
    """Return the permission that a view asks for, through any other decorators, or "" if it asks for none."""
    return str(getattr(view, _PERMISSION, ""))


def is_proven_staff(request: HttpRequest) -> bool:
    """Return whether the session is a staff member's and has proven the second factor, if the settings demand it."""
    return bool(
        request.user.is_authenticated
        and request.user.is_staff
        and (not settings.STAFF_SECOND_FACTOR or has_proven_second_factor(request))
    )


def ask_unproven_staff(served: Page | AbstractDocument, request: HttpRequest, *args: Any) -> HttpResponse | None:
    """Ask staff for the second factor before a private page or document is served. Return None to let Wagtail go on.

    This is a Wagtail hook that runs before Wagtail's own, which only looks at who is logged in.
    """
    if not request.user.is_authenticated or not request.user.is_staff or is_proven_staff(request):
        return None
    kept_apart = served if isinstance(served, Page) else served.collection
    return _ask_for_second_factor(request) if kept_apart.get_view_restrictions().exists() else None


def _page_of(request: HttpRequest) -> str:
    """Return where a request leads once somebody has logged in: a button has no page of its own to open again."""
    match = request.resolver_match
    form = own_form_of(match.func) if match and request.method == "POST" else None
    return reverse(form.page) if form and form.page and form.typed is None else request.get_full_path()


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    if is_mfa_enabled(request.user):
        is_page = request.method in {"GET", "HEAD"}
        return redirect(reauthentication_url(back_to=request.get_full_path() if is_page else reverse("panel")))
    messages.warning(request, _("Add a passkey or an authenticator app first: the panel opens to nobody without."))
    return redirect("second-factor")

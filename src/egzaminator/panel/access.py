from collections.abc import Callable
from functools import wraps
from typing import Any

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

from egzaminator.accounts.confirmation import confirmation_address, has_proven_factor

View = Callable[..., HttpResponseBase]


def staff_only(view: View) -> View:
    """Let the board's staff alone see a view: others get 403, and who is not logged in may log in first.

    Where the settings demand a second factor, this session must have proven it: whoever gave the password alone is
    asked for it, and staff without one are led to adding it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs) if is_proven_staff(request) else _ask_for_factor(request)

    return guarded


def is_proven_staff(request: HttpRequest) -> bool:
    """Tell whether one of the staff is logged in, and has proven in this session what the settings demand of staff."""
    return bool(
        request.user.is_authenticated
        and request.user.is_staff
        and (not settings.STAFF_SECOND_FACTOR or has_proven_factor(request))
    )


def ask_unproven_staff(served: Page | AbstractDocument, request: HttpRequest, *args: Any) -> HttpResponse | None:
    """Ask somebody of the staff who proved too little for more, before a page or a document that is not for everybody.

    A hook of Wagtail's, ahead of its own, which looks at who is logged in alone.
    """
    if not request.user.is_authenticated or not request.user.is_staff or is_proven_staff(request):
        return None
    kept_apart = served if isinstance(served, Page) else served.collection
    return _ask_for_factor(request) if kept_apart.get_view_restrictions().exists() else None


def _ask_for_factor(request: HttpRequest) -> HttpResponse:
    if is_mfa_enabled(request.user):
        is_page = request.method in {"GET", "HEAD"}
        return redirect(
            confirmation_address(back_to=request.get_full_path() if is_page else reverse("wagtailadmin_home"))
        )
    messages.warning(request, _("Add a passkey or an authenticator app first: the panel opens to nobody without."))
    return redirect("second-factor")

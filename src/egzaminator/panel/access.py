from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]


def staff_only(view: View) -> View:
    """Let the board's staff alone see a view: others get 403, and who is not logged in may log in first.

    Staff without a second factor are led to adding one, where the settings demand it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        if settings.STAFF_SECOND_FACTOR and not is_mfa_enabled(request.user):
            messages.warning(
                request, _("Add a passkey or an authenticator app first: the panel opens to nobody without.")
            )
            return redirect("second-factor")
        return view(request, *args, **kwargs)

    return guarded

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.kernel.requests import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """What allauth's login flow asks of this project. Nobody signs up through allauth."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:
        """Record the log-in, which is complete only here, after every stage."""
        record_event(tag=Tag.LOGIN_SUCCEEDED, actor=user.id, subject=user.id, address=client_address(request))
        response: HttpResponse | None = super().post_login(request, user, **kwargs)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: allauth's own messages would name the opaque handle."""

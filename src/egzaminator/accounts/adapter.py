from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from egzaminator.accounts.devices import remember_browser
from egzaminator.accounts.domain.tell_new_device import tell_new_device
from egzaminator.accounts.models import Account
from egzaminator.accounts.sessions import note_device
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.kernel.requests import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """What allauth's login flow asks of this project. Nobody signs up through allauth."""

    _was_logged_in_to = False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def get_login_stages(self) -> list[str]:
        """Name the one stage between the password and the account."""
        return ["egzaminator.accounts.second_step.SecondStep"]

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """Say that the account is blocked, to somebody who has proven that it is theirs."""
        record_event(tag=Tag.LOGIN_BLOCKED, subject=user.id, address=client_address(request))
        return render(request, "accounts/blocked.html")

    def login(self, request: HttpRequest, user: Account) -> None:
        """Log in, and look before it whether the account ever was logged in to: then a new device is news."""
        self._was_logged_in_to = user.last_login is not None
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """Record the log-in, which is complete only here, after every stage, and remember the browser."""
        address = client_address(request)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remembered = remember_browser(request, response, user)
        note_device(request, label=remembered.label, address=address)
        records = get_authentication_records(request, user)
        record_event(
            tag=Tag.LOGIN_SUCCEEDED,
            actor=user.id,
            subject=user.id,
            address=address,
            details={
                "device": remembered.label,
                "by": [record.get("type") or record["method"] for record in records],
            },
        )
        # Of a password in a browser that is new, the owner was told when it was given.
        is_news = remembered.is_new and not any(record["method"] == "password" for record in records)
        if is_news and self._was_logged_in_to:
            tell_new_device(account=user, device=remembered.label, address=address)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: allauth's own messages would name the opaque handle."""

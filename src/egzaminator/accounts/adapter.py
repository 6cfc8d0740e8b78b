"""The hooks of allauth's log-in flow: its stages, and what follows a completed log-in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from egzaminator.accounts.devices import remember_browser
from egzaminator.accounts.domain.notifications import notify_new_device
from egzaminator.accounts.models import Account
from egzaminator.accounts.sessions import note_device
from egzaminator.accounts.views.privacy_notice import by_way_of_notice
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.requests import client_ip


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """The settings and hooks of allauth's login flow. Nobody signs up through allauth."""

    _was_logged_in_to = False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts are never made by signing up."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return the path of the only stage between the password and the account: the second factor."""
        return ["egzaminator.accounts.mfa.stages.SecondStep"]

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """Record the attempt, and show that the account is blocked.

        Only a person who has proved that the account is theirs gets here.
        """
        record_event(tag=Tag.LOGIN_BLOCKED, subject=user.id, by=Actor(ip=client_ip(request)))
        return render(request, "accounts/blocked.html")

    def login(self, request: HttpRequest, user: Account) -> None:
        """Log the user in, and note whether the account had been logged in to before.

        At the first log-in of an account, a new device is not worth a notification.
        """
        self._was_logged_in_to = user.last_login is not None
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """Record the log-in, remember the browser, and notify the owner of a new device.

        allauth calls this after every login stage. Only then is a log-in complete.
        """
        ip = client_ip(request)
        response: HttpResponse = by_way_of_notice(request, user, super().post_login(request, user, **kwargs))
        remembered = remember_browser(request, response, user)
        note_device(request, label=remembered.label, ip=ip)
        records = get_authentication_records(request, user)
        record_event(
            tag=Tag.LOGIN_SUCCEEDED,
            by=Actor(user.id, ip),
            subject=user.id,
            details={
                "device": remembered.label,
                "by": [record.get("type") or record["method"] for record in records],
            },
        )
        # If a correct password was entered in a new browser, the owner was notified at that time already.
        needs_notice = remembered.is_new and not any(record["method"] == "password" for record in records)
        if needs_notice and self._was_logged_in_to:
            notify_new_device(account=user, device=remembered.label, ip=ip)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Show nothing. allauth's own messages would contain the opaque user name."""

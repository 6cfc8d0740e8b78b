"""The login stage between the password and the account, for accounts with a second factor."""

import secrets

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse

from egzaminator.accounts.models import Account

_PROVEN = "password"


class SecondStep(AuthenticateStage):  # type: ignore[misc]  # allauth is not typed
    """The login stage that asks for the second factor. Until it is given, the session belongs to no account."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Stop the login if the account has a second factor.

        The state remembers which password was entered (by its session hash), and the session key changes.
        """
        response, goes_on = super().handle()
        if response is not None:
            account = self.login.user
            self.state[_PROVEN] = account.get_session_auth_hash()
            self.request.session.cycle_key()
        return response, goes_on

    @property
    def is_current(self) -> bool:
        """Whether the account is unchanged since the first step: it exists, is active and has the same password."""
        account = self.login.user
        return (
            isinstance(account, Account)
            and account.is_active
            and secrets.compare_digest(str(self.state.get(_PROVEN)), account.get_session_auth_hash())
        )


def pending_step(request: HttpRequest) -> SecondStep | None:
    """Return the pending second step of this browser, or None.

    None means that the step never began, is too old, or was invalidated by a change of the account.
    """
    step: SecondStep | None = LoginStageController.enter(request, SecondStep.key)
    if step is not None and not step.is_current:
        clear_login(request)
        return None
    return step

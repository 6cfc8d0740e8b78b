"""The step of a login between the password and the account, where there is a second factor."""

import secrets

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse

from egzaminator.accounts.models import Account

_PROVEN = "password"


class SecondStep(AuthenticateStage):  # type: ignore[misc]  # allauth is not typed
    """Asks for the second factor. Until it is given, the session is nobody's."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Stop the login where the account has a second factor; remember under which password, and take a new id."""
        response, goes_on = super().handle()
        if response is not None:
            account = self.login.user
            self.state[_PROVEN] = account.get_session_auth_hash()
            self.request.session.cycle_key()
        return response, goes_on

    @property
    def is_current(self) -> bool:
        """Whether the account is as it was at the first step: there, active, with the same password."""
        account = self.login.user
        return (
            isinstance(account, Account)
            and account.is_active
            and secrets.compare_digest(str(self.state.get(_PROVEN)), account.get_session_auth_hash())
        )


def pending_step(request: HttpRequest) -> SecondStep | None:
    """Give the second step that this browser is at, or None: never begun, too old, or overtaken by a change."""
    step: SecondStep | None = LoginStageController.enter(request, SecondStep.key)
    if step is not None and not step.is_current:
        clear_login(request)
        return None
    return step

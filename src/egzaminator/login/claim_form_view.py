"""The form of a first login when its claim grant has expired: it carries the log-in fields itself."""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.devices import device_token
from egzaminator.core.requests import client_ip
from egzaminator.login.domain.log_in import FirstLogin, log_in
from egzaminator.login.errors import AccountBlockedError, RefusedError
from egzaminator.login.forms import LoginForm
from egzaminator.onboarding import session, views
from egzaminator.onboarding.domain.grant import ClaimGrant, open_grant
from egzaminator.onboarding.models import Claim

_NOT_YOURS: Final = _(
    "This form was begun by somebody else, and stays theirs. To fill in your own, open the log-in page in another tab."
)


class ClaimFormView(views.ClaimFormView):
    """The form of a first login, with log-in fields once its time has run out."""

    template_name = "login/claim_form.html"

    def log_in_again(
        self, request: HttpRequest, grant: ClaimGrant | None
    ) -> tuple[ClaimGrant | None, dict[str, object]]:
        """Check PESEL and registration number, if the expired form carries them, and renew its claim grant.

        `grant` is the one that the form was made under. The form opens again only for the examiner it was made for.
        Return the renewed grant, or None with the template context that asks to log in again. Raise `OverloadError`.
        """
        if "secret" not in request.POST:
            return None, self.login_fields()
        form = LoginForm(request.POST)
        if not form.is_valid():
            return None, {"login_form": form}
        try:
            outcome = log_in(
                device=device_token(request),
                user_agent=request.headers.get("User-Agent", ""),
                ip=client_ip(request),
                **form.cleaned_data,
            )
        except RefusedError as refused:
            return None, {"login_form": form, "case_code": refused.case_code}
        except AccountBlockedError:
            outcome = None
        if not isinstance(outcome, FirstLogin):
            # An account or an open claim exists: there is nothing to fill in. The log-in page leads on from here.
            return None, {"login_form": form, "is_known": True}
        entry = outcome.entry
        if grant and grant.examiner_id != entry.examiner_id:
            return None, {"login_form": form, "reason": _NOT_YOURS}
        is_unsaved = grant is not None and not Claim.objects.filter(grant_id=grant.id).exists()
        renewed = (
            grant.prolonged() if grant and is_unsaved else open_grant(examiner_id=entry.examiner_id, entry_id=entry.id)
        )
        session.start_grant(request, renewed)
        return renewed, {}

    def login_fields(self) -> dict[str, object]:
        """Return the empty log-in fields, as template context."""
        return {"login_form": LoginForm()}

"""The section of a person's page with the state of their account, and what staff may do about it."""

from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from egzaminator.accounts.domain.email_change import pending_email_change
from egzaminator.panel.actions import offered
from egzaminator.panel.domain.lists import list_refusals
from egzaminator.panel.person.account_actions import ACCOUNT_ACTIONS
from egzaminator.panel.person.viewed import Viewed


def context(request: HttpRequest, viewed: Viewed) -> Mapping[str, object]:
    """Return the context of `panel/person/account.html`."""
    account = viewed.account
    return {
        "account": account,
        "email_change": pending_email_change(account=account) if account else None,
        "can_begin": any(entry.is_active for entry in viewed.entries),
        "claims": viewed.open_claims,
        "stopped": [claim for claim in viewed.claims if claim.closed_at],
        "refusals": list_refusals(examiner=viewed.examiner),
        "actions": offered(request, ACCOUNT_ACTIONS, account) if account else [],
        "has_factor": account is not None and Authenticator.objects.filter(user=account).exists(),
    }

"""The section of a person's page with the state of their account, how it came to be, and what staff may do about it."""

import datetime
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from egzaminator.accounts.domain.email_change import pending_email_change
from egzaminator.accounts.domain.sessions import list_sessions
from egzaminator.accounts.models import Account
from egzaminator.mail.domain.holds import hold_of
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.panel.actions import offered
from egzaminator.panel.advice import Advice, advise_on_account, advise_on_refusal
from egzaminator.panel.domain.account_story import count_logins, latest_logins, latest_steps, origin_of
from egzaminator.panel.domain.lists import RefusedLogin, list_refusals
from egzaminator.panel.journal_text import rows_in_words
from egzaminator.panel.person.account_actions import ACCOUNT_ACTIONS
from egzaminator.panel.person.viewed import Viewed


def context(request: HttpRequest, viewed: Viewed) -> Mapping[str, object]:
    """Return the context of `panel/person/account.html`."""
    account = viewed.account
    refusals = list_refusals(examiner=viewed.examiner)
    return {
        "account": account,
        "advice": advise_on_account(viewed),
        "email_change": pending_email_change(account=account) if account else None,
        "can_begin": any(entry.is_active for entry in viewed.entries),
        "claims": viewed.open_claims,
        "stopped": [claim for claim in viewed.claims if claim.outcome == ClaimOutcome.STOPPED],
        "withdrawn": [claim for claim in viewed.claims if claim.outcome == ClaimOutcome.WITHDRAWN],
        "refusals": refusals,
        "refusal_advice": _advise(viewed, refusals),
        "actions": offered(request, ACCOUNT_ACTIONS, account) if account else [],
        **(_about(account) if account else {}),
    }


def _advise(viewed: Viewed, refusals: list[RefusedLogin]) -> Advice | None:
    """Return the words about the latest refused log-in, unless those about the account say all that there is to say."""
    if not refusals:
        return None
    advice = advise_on_refusal(refusals[0].reason, examiner=viewed.examiner, account=viewed.account)
    return None if advice in advise_on_account(viewed) else advice


def _about(account: Account) -> dict[str, object]:
    return {
        "hold": hold_of(account.email),
        "origin": origin_of(account=account),
        "steps": rows_in_words(latest_steps(account=account)),
        "logins": latest_logins(account=account),
        "login_count": count_logins(account=account),
        "sessions": list_sessions(account=account, own=""),
        "factors": _factors(account),
    }


def _factors(account: Account) -> list[tuple[str, datetime.datetime]]:
    """Return the second factors by name, each with when it was added. Nothing of their secrets is read."""
    names = {
        Authenticator.Type.TOTP: _("authenticator app"),
        Authenticator.Type.WEBAUTHN: _("passkey"),
        Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
    }
    rows = Authenticator.objects.filter(user=account).order_by("created_at").values_list("type", "created_at")
    return [(names[Authenticator.Type(kind)], added_at) for kind, added_at in rows]

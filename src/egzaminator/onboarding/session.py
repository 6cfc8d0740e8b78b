"""Session state during onboarding: first the claim grant, then the claim that this browser has proven.

A browser proves a claim by saving its form, or by logging in with the password chosen in the form.
"""

import datetime
import uuid
from typing import Final

from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone

from egzaminator.accounts.stashed_form import details_outlive
from egzaminator.onboarding.domain.grant import ClaimGrant
from egzaminator.onboarding.models import Claim

_GRANT: Final = "claim_grant"
_CLAIM: Final = "claim"
_PROVEN_AT: Final = "claim_proven_at"
# Within this time after the form was saved, or its password was given, activation also logs the browser in.
_STRAIGHT_IN: Final = datetime.timedelta(minutes=30)


def start_grant(request: HttpRequest, grant: ClaimGrant) -> None:
    """Start a new session that holds a claim grant, so that this browser can fill in one form.

    The old session ends first: nobody who used the browser before is logged in any more.
    """
    _begin_anew(request)
    request.session[_GRANT] = grant.to_session()


def keep_grant(request: HttpRequest, grant: ClaimGrant) -> None:
    """Replace the claim grant in the session by its prolonged copy."""
    request.session[_GRANT] = grant.to_session()


def current_grant(request: HttpRequest) -> ClaimGrant | None:
    """Return the claim grant in the session, expired or not, or None."""
    kept = request.session.get(_GRANT)
    return ClaimGrant.from_session(kept) if kept else None


def remember_claim(request: HttpRequest, claim_id: uuid.UUID) -> None:
    """Start a new session that may see and change a claim, after this browser has given the claim's password."""
    _begin_anew(request)
    replace_grant(request, claim_id)


def replace_grant(request: HttpRequest, claim_id: uuid.UUID) -> None:
    """Replace the claim grant in the session by the saved claim.

    The session keeps its key, which is as old as the grant: the second of two clicks on "Save" (a double submit) still
    carries it.
    """
    request.session.pop(_GRANT, None)
    request.session[_CLAIM] = str(claim_id)
    request.session[_PROVEN_AT] = timezone.now().isoformat()


def has_saved(request: HttpRequest, grant: ClaimGrant) -> bool:
    """Return whether the claim proven by this browser was made from the given claim grant."""
    claim_id = proven_claim_id(request)
    return claim_id is not None and Claim.objects.filter(pk=claim_id, grant_id=grant.id).exists()


def goes_straight_in(request: HttpRequest, claim_id: uuid.UUID) -> bool:
    """Return whether this browser saved the claim, or gave its password, less than 30 minutes ago."""
    proven_at = request.session.get(_PROVEN_AT)
    if proven_claim_id(request) != claim_id or not proven_at:
        return False
    return timezone.now() - datetime.datetime.fromisoformat(proven_at) < _STRAIGHT_IN


def proven_claim_id(request: HttpRequest) -> uuid.UUID | None:
    """Return the id of the claim that this browser has proven, or None."""
    kept = request.session.get(_CLAIM)
    return uuid.UUID(kept) if kept else None


def proven_claim(request: HttpRequest) -> Claim | None:
    """Return the claim that this browser has proven, open or closed, with its examiner; or None."""
    claim_id = proven_claim_id(request)
    return Claim.objects.select_related("examiner").filter(pk=claim_id).first() if claim_id else None


def forget_all(request: HttpRequest) -> None:
    """End the session: delete its data and its key, and log out whoever was logged in."""
    logout(request)


def _begin_anew(request: HttpRequest) -> None:
    """End the old session: an account's, a half-finished log-in, or another person's form.

    Details kept for an account that was logged out (`details_outlive`) stay. They are encrypted for that account and
    wait for its owner's next log-in.
    """
    with details_outlive(request):
        forget_all(request)

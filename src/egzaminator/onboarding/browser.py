"""What a browser was trusted with on the way to an account, kept in its session."""

import datetime
import uuid
from typing import Final

from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone

from egzaminator.accounts.kept_details import details_outlive
from egzaminator.onboarding.domain.claim_scope import ClaimScope
from egzaminator.onboarding.models import Claim

_SCOPE: Final = "claim_scope"
_CLAIM: Final = "claim"
_PROVEN_AT: Final = "claim_proven_at"
# So long after the form was saved, or its password given, activation leads straight in.
_STRAIGHT_IN: Final = datetime.timedelta(minutes=30)


def grant_scope(request: HttpRequest, scope: ClaimScope) -> None:
    """Let this browser fill in one form, in a new session: nobody else is in it any more."""
    _begin_anew(request)
    request.session[_SCOPE] = scope.to_session()


def keep_scope(request: HttpRequest, scope: ClaimScope) -> None:
    """Keep a prolonged scope."""
    request.session[_SCOPE] = scope.to_session()


def kept_scope(request: HttpRequest) -> ClaimScope | None:
    """Give the scope that this browser has, over or not, or None."""
    kept = request.session.get(_SCOPE)
    return ClaimScope.from_session(kept) if kept else None


def remember_claim(request: HttpRequest, claim_id: uuid.UUID) -> None:
    """Let this browser, which has given a claim's password, see and change the claim, in a new session."""
    _begin_anew(request)
    exchange_scope(request, claim_id)


def exchange_scope(request: HttpRequest, claim_id: uuid.UUID) -> None:
    """Take the scope of a saved form for its claim.

    The session keeps its id, which is as old as the scope: the second of two clicks on "Save" still carries it.
    """
    request.session.pop(_SCOPE, None)
    request.session[_CLAIM] = str(claim_id)
    request.session[_PROVEN_AT] = timezone.now().isoformat()


def has_saved(request: HttpRequest, scope: ClaimScope) -> bool:
    """Tell whether this browser has proven the claim that a scope has made."""
    claim_id = proven_claim_id(request)
    return claim_id is not None and Claim.objects.filter(pk=claim_id, scope_id=scope.id).exists()


def goes_straight_in(request: HttpRequest, claim_id: uuid.UUID) -> bool:
    """Tell whether this browser saved a claim, or gave its password, within the last half hour."""
    proven_at = request.session.get(_PROVEN_AT)
    if proven_claim_id(request) != claim_id or not proven_at:
        return False
    return timezone.now() - datetime.datetime.fromisoformat(proven_at) < _STRAIGHT_IN


def proven_claim_id(request: HttpRequest) -> uuid.UUID | None:
    """Give the claim that this browser has proven, or None."""
    kept = request.session.get(_CLAIM)
    return uuid.UUID(kept) if kept else None


def proven_claim(request: HttpRequest) -> Claim | None:
    """Give the row of the claim that this browser has proven, open or closed, or None."""
    claim_id = proven_claim_id(request)
    return Claim.objects.select_related("examiner").filter(pk=claim_id).first() if claim_id else None


def forget_all(request: HttpRequest) -> None:
    """Take everything back: the session ends, and its id with it, whoever was logged in."""
    logout(request)


def _begin_anew(request: HttpRequest) -> None:
    """End what the session held of anybody: an account, a log-in that is half way, another's form.

    What it keeps of somebody's details is encrypted for them, and waits on.
    """
    with details_outlive(request):
        forget_all(request)

"""What waits about saved forms of a first log-in."""

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError
from egzaminator.onboarding.domain.reviews import accept_form
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.panel.journal_text import unreadable
from egzaminator.panel.person.record_actions import CHANGE
from egzaminator.panel.review.kind import VIEW_EXAMINER, WHOLE_PERSON, Acceptance, Item, Line, ReviewKind


def _claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("examiner")


def _waiting(outcome: str) -> list[QuerySet[Claim]]:
    return [_claims().filter(needs_review=True, outcome=outcome)]


def _stopped(rows: Sequence[Claim], _member: Account) -> list[Item]:
    return [_item(claim) for claim in rows]


def _surnames(rows: Sequence[Claim], _member: Account) -> list[Item]:
    return [
        _item(
            claim,
            Line(_("In the register"), claim.examiner.surname),
            Line(_("Stated in the form"), _surname(claim)),
        )
        for claim in rows
    ]


def _surname(claim: Claim) -> str:
    try:
        return str(claim.details["surname"])
    except UndecryptableError:  # one damaged form must not hide the others
        return unreadable()


def _item(claim: Claim, *lines: Line) -> Item:
    return Item(
        pk=claim.pk,
        title=claim.examiner.name_by_surname,
        url=reverse("examiner", args=[claim.examiner_id]),
        since=claim.closed_at or claim.created_at,
        lines=lines,
        seen=claim.outcome,
        examiner_ids=[claim.examiner_id],
    )


def _acceptance(permission: str) -> Acceptance[Claim]:
    return Acceptance(
        permission=permission,
        parameter="uuid:claim_id",
        accept=lambda claim, seen, by: accept_form(claim_id=claim.pk, seen=seen, by=by),
        examiner=lambda claim: claim.examiner,
    )


STOPPED: Final[ReviewKind[Claim]] = ReviewKind(
    slug="uniewaznione-formularze",
    label=gettext_lazy("“It was not me”: stopped forms"),
    hint=gettext_lazy("Somebody who knows the PESEL and a number filled in the form. Call the examiner."),
    permission=VIEW_EXAMINER,
    rows=_claims,
    waiting=lambda _member: _waiting(ClaimOutcome.STOPPED),
    order="created_at",
    items=_stopped,
    acceptance=_acceptance("staff.stop_form"),
)
FORM_SURNAMES: Final[ReviewKind[Claim]] = ReviewKind(
    slug="nazwiska-w-formularzach",
    label=gettext_lazy("Surname in a form differs from the register"),
    hint=gettext_lazy("Nobody has activated these forms yet."),
    permission=WHOLE_PERSON,
    rows=_claims,
    waiting=lambda _member: _waiting(""),
    order="created_at",
    items=_surnames,
    acceptance=_acceptance(CHANGE),
)

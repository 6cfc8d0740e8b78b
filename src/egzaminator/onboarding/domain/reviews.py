"""What staff have to look at about saved forms: a surname that the register has otherwise, and "it was not me"."""

import uuid
from typing import Final

from django.db import transaction

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.reviews import raise_reviewed, record_review
from egzaminator.audit.errors import ReviewOutdatedError
from egzaminator.onboarding.models import Claim

FORM: Final = "form"


def accept_form(*, claim_id: uuid.UUID, seen: str, by: Actor) -> None:
    """Take a form off the list: staff have seen that its surname differs, or that its owner stopped it.

    `seen` is the outcome that the page showed. Raise `ReviewedAlreadyError`, or `ReviewOutdatedError` if the form has
    ended otherwise since.
    """
    with transaction.atomic():
        claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim_id)
        if not claim.needs_review:
            raise_reviewed(what=FORM, subject=claim.examiner_id, claim=str(claim.id))
        if seen != claim.outcome:
            raise ReviewOutdatedError
        claim.needs_review = False
        claim.save(update_fields=["needs_review"])
        record_review(what=FORM, subject=claim.examiner_id, by=by, claim=str(claim.id))

"""The expiry of claims that nobody activated, and the deletion of closed ones and of holds that concern nobody."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.retention_rules import FORMS
from egzaminator.mail.models import EmailHold
from egzaminator.onboarding.domain.claims import close_claims
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner


def expire_claims() -> int:
    """Close the claims that nobody activated in time; return how many."""
    with transaction.atomic():
        overdue = Claim.objects.select_for_update(skip_locked=True).filter(
            closed_at__isnull=True, expires_at__lte=timezone.now()
        )
        claim_ids = list(overdue.values_list("id", flat=True))
        close_claims(claim_ids=claim_ids, outcome=ClaimOutcome.EXPIRED)
    return len(claim_ids)


def delete_closed_claims() -> int:
    """Delete the claims closed at least `KEEP_FORMS_DAYS` days ago, with all that was typed; return how many.

    Until then the status page and staff can still see how a form ended. The details of an activated form live on in the
    account's profile.
    """
    count, _ = Claim.objects.filter(closed_at__lte=FORMS.before).delete()
    return count


def delete_unused_holds() -> int:
    """Delete the holds on addresses that neither an account, nor a claim, nor the register has; return how many."""
    unused = EmailHold.objects.all()
    for model in (Account, Claim, Examiner):
        having = model.objects.annotate(key=Lower("email")).filter(key=OuterRef("email"))
        unused = unused.exclude(Exists(having))
    count, _ = unused.delete()
    return count

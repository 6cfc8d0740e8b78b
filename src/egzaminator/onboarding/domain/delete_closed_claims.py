import datetime

from django.conf import settings
from django.utils import timezone

from egzaminator.onboarding.models import Claim


def delete_closed_claims() -> int:
    """Delete the claims closed at least `KEEP_FORMS_DAYS` days ago, with all that was typed; return how many.

    Until then the status page and staff can still see how a form ended. The details of an activated form live on in the
    account's profile.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_FORMS_DAYS)
    count, _ = Claim.objects.filter(closed_at__lte=before).delete()
    return count

import datetime

from django.conf import settings
from django.utils import timezone

from egzaminator.onboarding.models import Claim


def delete_closed_claims() -> int:
    """Delete the claims that ended KEEP_FORMS_DAYS ago, with all that was typed into their forms; give how many.

    For so long the status page, and staff, can still see how a form ended. What an activated form held lives on in the
    account's profile.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_FORMS_DAYS)
    count, _ = Claim.objects.filter(closed_at__lte=before).delete()
    return count

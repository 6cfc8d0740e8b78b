import datetime
from typing import Final

from django.utils import timezone

from egzaminator.onboarding.models import Claim

# For so long the status page, and staff, can still see how a form ended.
_KEEP: Final = datetime.timedelta(days=7)


def delete_closed_claims() -> int:
    """Delete the claims that ended a week ago, with all that was typed into their forms; give how many.

    The information clause promises it. What an activated form held lives on in the account's profile.
    """
    count, _ = Claim.objects.filter(closed_at__lte=timezone.now() - _KEEP).delete()
    return count

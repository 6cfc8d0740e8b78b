"""The deletion of old acts that took two persons."""

from egzaminator.audit.retention_rules import ACTS
from egzaminator.staff.models import Act


def delete_old_acts() -> int:
    """Delete the acts that ended KEEP_EVENTS_DAYS ago, and return their number.

    The audit events about them are deleted at the same age.
    """
    count, _ = Act.objects.filter(answered_at__lte=ACTS.before).delete()
    return count

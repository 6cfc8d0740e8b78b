from django.utils import timezone

from egzaminator.limits.models import Counter


def delete_ended_counters() -> int:
    """Delete the counters whose period is over, which count nothing any more; give how many."""
    count, _ = Counter.objects.filter(ends_at__lte=timezone.now()).delete()
    return count

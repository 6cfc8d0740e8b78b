from django.utils import timezone

from egzaminator.limits.models import Counter, Turn


def delete_ended_counters() -> int:
    """Delete the counters and backoffs whose period is over and return how many. They no longer limit anything."""
    now = timezone.now()
    counters, _ = Counter.objects.filter(ends_at__lte=now).delete()
    turns, _ = Turn.objects.filter(ends_at__lte=now).delete()
    return counters + turns

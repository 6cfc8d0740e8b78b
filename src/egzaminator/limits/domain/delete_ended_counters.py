from django.utils import timezone

from egzaminator.limits.models import Counter, Turn


def delete_ended_counters() -> int:
    """Delete the counters and turns whose period is over, which count nothing any more; give how many."""
    now = timezone.now()
    counters, _ = Counter.objects.filter(ends_at__lte=now).delete()
    turns, _ = Turn.objects.filter(ends_at__lte=now).delete()
    return counters + turns

"""Rate limits: count hits and refuse them when a limit is used up."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from egzaminator.core.encryption import blind_index
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.rate_limits.models import BackoffState, Counter


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate limit: at most `most` hits in a period."""

    name: str
    """Part of the counters' keys, so that each limit counts for itself."""
    most: int
    period: datetime.timedelta


# One statement, so that the counts are exact under concurrency.
_COUNT = f"""
INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
VALUES {{rows}}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.ends_at <= %s THEN 1 ELSE counter.count + 1 END,
    ends_at = CASE WHEN counter.ends_at <= %s THEN EXCLUDED.ends_at ELSE counter.ends_at END
RETURNING key, count, ends_at
"""  # noqa: S608, SLF001 -- the table's name is the model's own; every value is a parameter


def hit(*, limit: Limit, of: str) -> None:
    """Count one hit on a rate limit. See `hit_all`."""
    hit_all(uses=[(limit, of)])


def hit_all(*, uses: Sequence[tuple[Limit, str]]) -> dict[str, int]:
    """Count one hit on each of several rate limits, on all of them even if one is used up.

    Each pair holds a limit and the text that names its subject (a UUID, an e-mail or IP address in its normal
    form). Only the text's HMAC is stored. A period starts with its first hit. Return the count of hits by the limit's
    name.

    Raise `LimitReachedError` if a limit was already used up. If there are several, it names the one whose period
    ends last.
    """
    now = timezone.now()
    limits = {blind_index(of, purpose=f"limit.{limit.name}"): limit for limit, of in uses}
    # Rows are locked in the order of their keys. Otherwise two requests could each hold the row that the other waits
    # for.
    rows = [value for key in sorted(limits) for value in (key, now + limits[key].period)]
    statement = _COUNT.format(rows=", ".join(["(%s, 1, %s)"] * len(limits)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rows, now, now])
        counted = cursor.fetchall()
    reached = [(ends_at, limits[bytes(key)]) for key, count, ends_at in counted if count > limits[bytes(key)].most]
    if reached:
        ends_at, limit = max(reached, key=lambda one: one[0])
        raise LimitReachedError(limit=limit.name, seconds=max(1, math.ceil((ends_at - now).total_seconds())))
    return {limits[bytes(key)].name: count for key, count, _ends_at in counted}


def delete_ended_counters() -> int:
    """Delete the counters and backoffs whose period is over and return how many. They no longer limit anything."""
    now = timezone.now()
    counters, _ = Counter.objects.filter(ends_at__lte=now).delete()
    backoffs, _ = BackoffState.objects.filter(ends_at__lte=now).delete()
    return counters + backoffs

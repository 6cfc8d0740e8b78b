import datetime
import math

from django.db import connection
from django.utils import timezone

from egzaminator.kernel.encryption import blind_index
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.limits.models import Counter

# One statement, so that the count is exact however many ask at once. The count stops one past the limit: a counter
# that everybody hammers must not grow for ever.
_COUNT = f"""
INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
VALUES (%(key)s, 1, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.ends_at <= %(now)s THEN 1 ELSE LEAST(counter.count, %(most)s) + 1 END,
    ends_at = CASE WHEN counter.ends_at <= %(now)s THEN EXCLUDED.ends_at ELSE counter.ends_at END
RETURNING count, ends_at
"""  # noqa: S608, SLF001 -- the table's name is the model's own; every value is a parameter


def count_use(*, limit: Limit, of: str) -> None:
    """Count one use of what is limited.

    Takes the limit and whose use it is: any text that names one (a uuid, an address in its normal form); only its HMAC
    is kept. The period begins with the first use. Raises LimitReachedError when the limit was used up before.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "key": blind_index(of, purpose=f"limit.{limit.name}"),
                "now": now,
                "ends_at": now + limit.period,
                "most": limit.most,
            },
        )
        count, ends_at = cursor.fetchone()
    if count > limit.most:
        raise LimitReachedError(limit=limit.name, seconds=_seconds(ends_at - now))


def _seconds(pause: datetime.timedelta) -> int:
    return max(1, math.ceil(pause.total_seconds()))

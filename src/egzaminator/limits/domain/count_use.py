import math
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from egzaminator.kernel.encryption import blind_index
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.limits.models import Counter

# One statement, so that the counts are exact however many ask at once.
_COUNT = f"""
INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
VALUES {{rows}}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.ends_at <= %s THEN 1 ELSE counter.count + 1 END,
    ends_at = CASE WHEN counter.ends_at <= %s THEN EXCLUDED.ends_at ELSE counter.ends_at END
RETURNING key, count, ends_at
"""  # noqa: S608, SLF001 -- the table's name is the model's own; every value is a parameter


def count_use(*, limit: Limit, of: str) -> None:
    """Count one use of what is limited: see count_uses."""
    count_uses(uses=[(limit, of)])


def count_uses(*, uses: Sequence[tuple[Limit, str]]) -> None:
    """Count uses of what is limited, all of them, whichever is used up.

    Takes pairs of a limit and whose use it is: any text that names one (a uuid, an address in its normal form); only
    its HMAC is kept. A period begins with the first use in it. Raises LimitReachedError when a limit was used up
    before; of several, the one that ends last.
    """
    now = timezone.now()
    limits = {blind_index(of, purpose=f"limit.{limit.name}"): limit for limit, of in uses}
    # In the order of their keys, or two askers could each hold the row that the other waits for.
    rows = [value for key in sorted(limits) for value in (key, now + limits[key].period)]
    statement = _COUNT.format(rows=", ".join(["(%s, 1, %s)"] * len(limits)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rows, now, now])
        counted = cursor.fetchall()
    reached = [(ends_at, limits[bytes(key)]) for key, count, ends_at in counted if count > limits[bytes(key)].most]
    if reached:
        ends_at, limit = max(reached, key=lambda one: one[0])
        raise LimitReachedError(limit=limit.name, seconds=max(1, math.ceil((ends_at - now).total_seconds())))

"""Attempts at a secret (a password, a code, a registration number): their limits and the keys they are counted by."""

import datetime
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from egzaminator.core.encryption import blind_index
from egzaminator.rate_limits.domain.counters import Limit
from egzaminator.rate_limits.models import BackoffState, Counter


@dataclass(frozen=True, slots=True)
class Backoff:
    """An exponential backoff on attempts at one secret. The name is part of the rows' keys.

    The first `free` attempts have no delay. After the next one, a second has to pass, then two, four and so on, at
    most `longest`. Attempts during the delay do not extend it, so nobody can lock another person out for longer
    than `longest`.
    """

    name: str
    free: int
    longest: datetime.timedelta
    forgotten_after: datetime.timedelta
    """Without a guess for so long, all of them are free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """The rate limits and the backoff on attempts at a secret.

    `burst` and `daily` limit the attempts at one person's secret from one client, in a short and in a longer period.
    The longer period also decides when a person counts as new to a client: once in each such period.
    `distinct_accounts` limits how many persons may be new to one client. `backoff` applies to one person and all
    clients together.
    """

    burst: Limit
    daily: Limit
    distinct_accounts: Limit
    backoff: Backoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt: the account that it is made at, and the client that it comes from.

    `account_key` is any text that always names one person in the same way, whether the register knows that person or
    not. `client_key` is a network or a device. `is_trusted` says that the person is known to use the client: the pair
    then has its own backoff, which attempts from elsewhere cannot extend.
    """

    account_key: str
    client_key: str
    is_trusted: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The result of recording an attempt.

    `attempts` is the number of recent ones and `from_client` the number from this client in the longer period, both
    with this attempt included. `reached` holds the names of the limits that were used up before it.
    """

    attempts: int
    from_client: int
    reached: frozenset[str]


@dataclass(frozen=True, slots=True)
class AttemptKeys:
    """The HMACs under which an attempt is counted."""

    burst: bytes
    daily: bytes
    distinct_accounts: bytes
    backoff: bytes
    rejected_backoff: bytes


def attempt_keys(*, limits: AttemptLimits, attempt: Attempt) -> AttemptKeys:
    """Return the keys under which an attempt is counted."""
    both = f"{attempt.account_key}\0{attempt.client_key}"
    return AttemptKeys(
        burst=blind_index(both, purpose=f"limit.{limits.burst.name}"),
        daily=blind_index(both, purpose=f"limit.{limits.daily.name}"),
        distinct_accounts=blind_index(attempt.client_key, purpose=f"limit.{limits.distinct_accounts.name}"),
        backoff=blind_index(
            both if attempt.is_trusted else attempt.account_key, purpose=f"backoff.{limits.backoff.name}"
        ),
        rejected_backoff=blind_index(both, purpose=f"backoff.{limits.backoff.name}.aside"),
    )


# One statement, so that every limit is exact under concurrency, and so that an attempt costs the same whichever limit
# it reaches. Rows are locked in a fixed order (the counters by key, the counter of distinct accounts, the backoff), so
# that two attempts cannot deadlock. An attempt that a rate limit already rejects is charged to a separate backoff row
# for this person and client: a stranger who is rejected anyway must not use up the attempts that others need.
_COUNT: Final = f"""
WITH used (key, most, ends_at) AS (
    VALUES (%(burst)s::bytea, %(burst_most)s::int, %(burst_ends)s::timestamptz),
           (%(daily)s::bytea, %(daily_most)s::int, %(daily_ends)s::timestamptz)
), counted AS (
    INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
    SELECT key, 1, ends_at FROM used ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN 1 ELSE counter.count + 1 END,
        ends_at = CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN EXCLUDED.ends_at ELSE counter.ends_at END
    RETURNING key, count
), distinct_accounts AS (
    INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
    SELECT %(distinct)s::bytea, (count = 1)::int, %(distinct_ends)s::timestamptz
    FROM counted WHERE key = %(daily)s::bytea
    ON CONFLICT (key) DO UPDATE SET
        count = EXCLUDED.count + CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN 0 ELSE counter.count END,
        ends_at = CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN EXCLUDED.ends_at ELSE counter.ends_at END
    RETURNING key, count
), reached AS (
    SELECT key FROM counted JOIN used USING (key) WHERE count > most
    UNION ALL
    SELECT key FROM distinct_accounts WHERE count > %(distinct_most)s::int
), taken AS (
    INSERT INTO {BackoffState._meta.db_table} AS state (key, count, refused, open_at, ends_at)
    SELECT CASE WHEN EXISTS (SELECT FROM reached) THEN %(rejected_backoff)s::bytea ELSE %(backoff)s::bytea END,
           1, 0, NULL, %(backoff_ends)s::timestamptz
    ON CONFLICT (key) DO UPDATE SET
        refused = CASE WHEN state.open_at > %(now)s::timestamptz THEN state.refused + 1 ELSE 0 END,
        count = CASE WHEN state.open_at > %(now)s::timestamptz THEN state.count
                     WHEN state.ends_at <= %(now)s::timestamptz THEN 1
                     ELSE state.count + 1 END,
        open_at = CASE WHEN state.open_at > %(now)s::timestamptz THEN state.open_at
                       WHEN state.ends_at <= %(now)s::timestamptz OR state.count < %(free)s::int THEN NULL
                       ELSE %(now)s::timestamptz + make_interval(
                           secs => LEAST(%(longest)s::float8, power(2, LEAST(state.count - %(free)s::int, 30)))
                       ) END,
        ends_at = CASE WHEN state.open_at > %(now)s::timestamptz THEN state.ends_at ELSE EXCLUDED.ends_at END
    RETURNING count, refused
)
SELECT (SELECT count FROM counted WHERE key = %(daily)s::bytea), (SELECT count FROM taken),
       ARRAY(SELECT key FROM reached UNION ALL SELECT %(backoff)s::bytea FROM taken WHERE refused > 0)
"""  # noqa: S608, SLF001 -- the tables' names are the models' own; every value is a parameter


def record_attempt(*, limits: AttemptLimits, attempt: Attempt) -> Counted:
    """Record an attempt at a person's secret, before it is known whether the secret is right.

    Return the counts, and the names of the limits that the attempt has reached.
    """
    now = timezone.now()
    keys = attempt_keys(limits=limits, attempt=attempt)
    values: dict[str, Any] = {
        "now": now,
        "burst": keys.burst,
        "burst_most": limits.burst.most,
        "burst_ends": now + limits.burst.period,
        "daily": keys.daily,
        "daily_most": limits.daily.most,
        "daily_ends": now + limits.daily.period,
        "distinct": keys.distinct_accounts,
        "distinct_most": limits.distinct_accounts.most,
        "distinct_ends": now + limits.distinct_accounts.period,
        "backoff": keys.backoff,
        "rejected_backoff": keys.rejected_backoff,
        "backoff_ends": now + limits.backoff.forgotten_after,
        "free": limits.backoff.free,
        "longest": limits.backoff.longest.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        from_client, backoff_attempts, reached = cursor.fetchone()
    names = {
        keys.burst: limits.burst.name,
        keys.daily: limits.daily.name,
        keys.distinct_accounts: limits.distinct_accounts.name,
        keys.backoff: limits.backoff.name,
    }
    return Counted(max(from_client, backoff_attempts), from_client, frozenset(names[bytes(key)] for key in reached))


# The counter stays, at one: the person is no longer new to the client.
_RESET: Final = f"""
WITH forgiven AS (UPDATE {Counter._meta.db_table} SET count = 1 WHERE key = %(daily)s)
DELETE FROM {BackoffState._meta.db_table} WHERE key = %(backoff)s
"""  # noqa: S608, SLF001 -- the tables' names are the models' own; every value is a parameter


def reset_attempts(*, limits: AttemptLimits, attempt: Attempt) -> None:
    """Reset the backoff and the longer counter after a successful attempt."""
    keys = attempt_keys(limits=limits, attempt=attempt)
    with connection.cursor() as cursor:
        cursor.execute(_RESET, {"daily": keys.daily, "backoff": keys.backoff})

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
    """An exponential backoff on attempts at one person's secret.

    After the attempts that are free, one second has to pass before the next attempt, then two, four and so on. Attempts
    during the delay are refused and do not extend it, so nobody can lock another person out for longer than `longest`.
    """

    name: str
    """Part of the rows' keys, so that each backoff counts for itself."""
    free: int
    """The number of attempts without a delay."""
    longest: datetime.timedelta
    """The longest delay."""
    forgotten_after: datetime.timedelta
    """The time without an attempt after which all are free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """The rate limits and the backoff on attempts at a secret."""

    burst: Limit
    """Attempts at one account from one client, in a short period."""
    daily: Limit
    """Attempts at one account from one client, in a long period."""
    distinct_accounts: Limit
    """Accounts that one client tries for the first time within the period of `daily`."""
    backoff: Backoff
    """On attempts at one account from all clients together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt: the account that it is made at, and the client that it comes from."""

    account_key: str
    """A text that is always the same for one person, whether the register knows them or not."""
    client_key: str
    """A text for the network or the device."""
    is_trusted: bool = False
    """Whether the person is known to use the client. The pair then has a backoff that nobody else can extend."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts after an attempt was recorded, with it included."""

    attempts: int
    """The number that the backoff allowed, or `from_client` if that is larger."""
    from_client: int
    """The number from this client in the period of `daily`."""
    reached: frozenset[str]
    """The names of the limits, and of the backoff, that reject the attempt. Empty: it may be made."""


@dataclass(frozen=True, slots=True)
class AttemptKeys:
    """The HMACs under which an attempt is counted, by limit."""

    burst: bytes
    daily: bytes
    distinct_accounts: bytes
    backoff: bytes
    rejected_backoff: bytes
    """Used in place of `backoff` if a limit rejects the attempt."""


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
WITH reset AS (UPDATE {Counter._meta.db_table} SET count = 1 WHERE key = %(daily)s)
DELETE FROM {BackoffState._meta.db_table} WHERE key = %(backoff)s
"""  # noqa: S608, SLF001 -- the tables' names are the models' own; every value is a parameter


def reset_attempts(*, limits: AttemptLimits, attempt: Attempt) -> None:
    """Reset the backoff and the count of `daily` after a successful attempt."""
    keys = attempt_keys(limits=limits, attempt=attempt)
    with connection.cursor() as cursor:
        cursor.execute(_RESET, {"daily": keys.daily, "backoff": keys.backoff})

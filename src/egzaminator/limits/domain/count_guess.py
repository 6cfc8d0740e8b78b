from typing import Any, Final

from django.db import connection
from django.utils import timezone

from egzaminator.limits.domain.guess import Counted, Guess, GuessLimits, guess_keys
from egzaminator.limits.models import Counter, Turn

# One statement, so that every limit is exact under concurrency, and so that an attempt costs the same whichever limit
# it reaches. Rows are locked in a fixed order (the counters by key, the counter of distinct accounts, the backoff), so
# that two attempts cannot deadlock. An attempt that a rate limit already rejects is charged to a separate backoff row
# for this person and client: a stranger who is rejected anyway must not use up the attempts that others need.
_COUNT: Final = f"""
WITH used (key, most, ends_at) AS (
    VALUES (%(often)s::bytea, %(often_most)s::int, %(often_ends)s::timestamptz),
           (%(long)s::bytea, %(long_most)s::int, %(long_ends)s::timestamptz)
), counted AS (
    INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
    SELECT key, 1, ends_at FROM used ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN 1 ELSE counter.count + 1 END,
        ends_at = CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN EXCLUDED.ends_at ELSE counter.ends_at END
    RETURNING key, count
), crowd AS (
    INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at)
    SELECT %(crowd)s::bytea, (count = 1)::int, %(crowd_ends)s::timestamptz FROM counted WHERE key = %(long)s::bytea
    ON CONFLICT (key) DO UPDATE SET
        count = EXCLUDED.count + CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN 0 ELSE counter.count END,
        ends_at = CASE WHEN counter.ends_at <= %(now)s::timestamptz THEN EXCLUDED.ends_at ELSE counter.ends_at END
    RETURNING key, count
), reached AS (
    SELECT key FROM counted JOIN used USING (key) WHERE count > most
    UNION ALL
    SELECT key FROM crowd WHERE count > %(crowd_most)s::int
), taken AS (
    INSERT INTO {Turn._meta.db_table} AS turn (key, count, refused, open_at, ends_at)
    SELECT CASE WHEN EXISTS (SELECT FROM reached) THEN %(aside)s::bytea ELSE %(turn)s::bytea END,
           1, 0, NULL, %(turn_ends)s::timestamptz
    ON CONFLICT (key) DO UPDATE SET
        refused = CASE WHEN turn.open_at > %(now)s::timestamptz THEN turn.refused + 1 ELSE 0 END,
        count = CASE WHEN turn.open_at > %(now)s::timestamptz THEN turn.count
                     WHEN turn.ends_at <= %(now)s::timestamptz THEN 1
                     ELSE turn.count + 1 END,
        open_at = CASE WHEN turn.open_at > %(now)s::timestamptz THEN turn.open_at
                       WHEN turn.ends_at <= %(now)s::timestamptz OR turn.count < %(free)s::int THEN NULL
                       ELSE %(now)s::timestamptz + make_interval(
                           secs => LEAST(%(longest)s::float8, power(2, LEAST(turn.count - %(free)s::int, 30)))
                       ) END,
        ends_at = CASE WHEN turn.open_at > %(now)s::timestamptz THEN turn.ends_at ELSE EXCLUDED.ends_at END
    RETURNING count, refused
)
SELECT (SELECT count FROM counted WHERE key = %(long)s::bytea), (SELECT count FROM taken),
       ARRAY(SELECT key FROM reached UNION ALL SELECT %(turn)s::bytea FROM taken WHERE refused > 0)
"""  # noqa: S608, SLF001 -- the tables' names are the models' own; every value is a parameter


def count_guess(*, limits: GuessLimits, guess: Guess) -> Counted:
    """Record an attempt at a person's secret, before it is known whether the secret is right.

    Return the counts, and the names of the limits that the attempt has reached.
    """
    now = timezone.now()
    keys = guess_keys(limits=limits, guess=guess)
    values: dict[str, Any] = {
        "now": now,
        "often": keys.often,
        "often_most": limits.often.most,
        "often_ends": now + limits.often.period,
        "long": keys.long,
        "long_most": limits.long.most,
        "long_ends": now + limits.long.period,
        "crowd": keys.crowd,
        "crowd_most": limits.crowd.most,
        "crowd_ends": now + limits.crowd.period,
        "turn": keys.turn,
        "aside": keys.aside,
        "turn_ends": now + limits.pause.forgotten_after,
        "free": limits.pause.free,
        "longest": limits.pause.longest.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        from_source, turns, reached = cursor.fetchone()
    names = {
        keys.often: limits.often.name,
        keys.long: limits.long.name,
        keys.crowd: limits.crowd.name,
        keys.turn: limits.pause.name,
    }
    return Counted(max(from_source, turns), from_source, frozenset(names[bytes(key)] for key in reached))

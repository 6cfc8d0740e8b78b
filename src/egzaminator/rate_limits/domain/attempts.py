"""Attempts at a secret (a password, a code, a registration number): their limits and the keys they are counted by."""

import datetime
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from egzaminator.core.encryption import blind_index
from egzaminator.rate_limits.domain.counters import Limit
from egzaminator.rate_limits.models import Counter, Turn


@dataclass(frozen=True, slots=True)
class Pause:
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
class GuessLimits:
    """The rate limits and the backoff on attempts at a secret.

    `often` and `long` limit the attempts at one person's secret from one client, in a short and in a longer period.
    The longer period also decides when a person counts as new to a client: once in each such period. `crowd` limits
    how many persons may be new to one client. `pause` applies to one person and all clients together.
    """

    often: Limit
    """Of one person, from one source."""
    long: Limit
    """Of one person, from one source, over a longer period: the one in which a person is new to a source once."""
    crowd: Limit
    """How many persons may be new to one source."""
    pause: Pause
    """Of one person, from all sources together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An attempt: the account that it is made at, and the client that it comes from.

    `person` is any text that always names one person in the same way, whether the register knows that person or
    not. `source` is a network or a device. `is_trusted` says that the person is known to use the client: the pair
    then has its own backoff, which attempts from elsewhere cannot extend.
    """

    person: str
    """Any text that names one person always the same way, known or not."""
    source: str
    """A network, or a device."""
    is_trusted: bool = False
    """Whether the person is known to use the source. It then has a pause of its own, whatever strangers do."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The result of recording an attempt.

    `guesses` is the number of recent attempts and `from_source` the number from this client in the longer period,
    both with this attempt included. `reached` holds the names of the limits that were used up before it.
    """

    guesses: int
    """How many there were lately, this one included."""
    from_source: int
    """How many from this source in the longer period, this one included."""
    reached: frozenset[str]
    """The names of the limits that were reached before it."""


@dataclass(frozen=True, slots=True)
class GuessKeys:
    """The HMACs under which an attempt is counted."""

    often: bytes
    long: bytes
    crowd: bytes
    turn: bytes
    aside: bytes


def guess_keys(*, limits: GuessLimits, guess: Guess) -> GuessKeys:
    """Return the keys under which an attempt is counted."""
    both = f"{guess.person}\0{guess.source}"
    return GuessKeys(
        often=blind_index(both, purpose=f"limit.{limits.often.name}"),
        long=blind_index(both, purpose=f"limit.{limits.long.name}"),
        crowd=blind_index(guess.source, purpose=f"limit.{limits.crowd.name}"),
        turn=blind_index(both if guess.is_trusted else guess.person, purpose=f"pause.{limits.pause.name}"),
        aside=blind_index(both, purpose=f"pause.{limits.pause.name}.aside"),
    )


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


# The counter stays, at one: the person is no longer new to the client.
_FORGIVE: Final = f"""
WITH forgiven AS (UPDATE {Counter._meta.db_table} SET count = 1 WHERE key = %(long)s)
DELETE FROM {Turn._meta.db_table} WHERE key = %(turn)s
"""  # noqa: S608, SLF001 -- the tables' names are the models' own; every value is a parameter


def forgive_guesses(*, limits: GuessLimits, guess: Guess) -> None:
    """Reset the backoff and the longer counter after a successful attempt."""
    keys = guess_keys(limits=limits, guess=guess)
    with connection.cursor() as cursor:
        cursor.execute(_FORGIVE, {"long": keys.long, "turn": keys.turn})

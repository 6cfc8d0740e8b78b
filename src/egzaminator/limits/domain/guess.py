"""Attempts at a secret (a password, a code, a registration number): their limits and the keys they are counted by."""

from dataclasses import dataclass

from egzaminator.kernel.encryption import blind_index
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.domain.pause import Pause


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

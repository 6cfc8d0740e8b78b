from dataclasses import dataclass

from egzaminator.kernel.encryption import blind_index
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.domain.pause import Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimits:
    """How often a secret may be guessed at."""

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
    """Whose secret is guessed at, and from where."""

    person: str
    """Any text that names one person always the same way, known or not."""
    source: str
    """A network, or a device."""
    is_trusted: bool = False
    """Whether the person is known to use the source. It then has a pause of its own, whatever strangers do."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting a guess came to."""

    guesses: int
    """How many there were lately, this one included."""
    from_source: int
    """How many from this source in the longer period, this one included."""
    reached: frozenset[str]
    """The names of the limits that were reached before it."""


@dataclass(frozen=True, slots=True)
class GuessKeys:
    """The HMACs that a guess is counted by."""

    often: bytes
    long: bytes
    crowd: bytes
    turn: bytes
    aside: bytes


def guess_keys(*, limits: GuessLimits, guess: Guess) -> GuessKeys:
    """Give what a guess is counted by."""
    both = f"{guess.person}\0{guess.source}"
    return GuessKeys(
        often=blind_index(both, purpose=f"limit.{limits.often.name}"),
        long=blind_index(both, purpose=f"limit.{limits.long.name}"),
        crowd=blind_index(guess.source, purpose=f"limit.{limits.crowd.name}"),
        turn=blind_index(both if guess.is_trusted else guess.person, purpose=f"pause.{limits.pause.name}"),
        aside=blind_index(both, purpose=f"pause.{limits.pause.name}.aside"),
    )

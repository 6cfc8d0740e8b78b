import datetime
from dataclasses import dataclass


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

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """Guesses at one secret, at growing intervals. The name is part of the rows' keys.

    So many are free; after the next one a second has to pass, then two, four and so on, never more than the longest.
    Nothing done during a pause prolongs it, so nobody can hold it over somebody else for longer than that.
    """

    name: str
    free: int
    longest: datetime.timedelta
    forgotten_after: datetime.timedelta
    """Without a guess for so long, all of them are free again."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate limit: at most `most` hits in a period. The name is part of the counters' keys."""

    name: str
    most: int
    period: datetime.timedelta

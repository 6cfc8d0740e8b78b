import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in so long. The name is part of the counters' keys."""

    name: str
    most: int
    period: datetime.timedelta

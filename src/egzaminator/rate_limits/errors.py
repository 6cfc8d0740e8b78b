"""The error of a rate limit that is used up."""


class LimitReachedError(Exception):
    """A rate limit is used up, so the action is refused for now."""

    def __init__(self, *, limit: str, seconds: int) -> None:
        super().__init__(limit)
        self.limit = limit
        """The name of the limit."""
        self.seconds = seconds
        """The time until the limit's period ends."""

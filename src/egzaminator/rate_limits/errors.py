class LimitReachedError(Exception):
    """A rate limit is used up, so the action is refused for now. Carries the limit's name."""

    def __init__(self, *, limit: str, seconds: int) -> None:
        super().__init__(limit)
        self.limit = limit
        self.seconds = seconds
        """Seconds until it may be done again."""

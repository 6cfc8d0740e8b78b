class LimitReachedError(Exception):
    """Something was done as often as it may be for now."""

    def __init__(self, *, limit: str, seconds: int) -> None:
        super().__init__(limit)
        self.limit = limit
        self.seconds = seconds
        """Seconds until it may be done again."""

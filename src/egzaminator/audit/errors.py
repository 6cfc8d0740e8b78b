"""Expected failures of what staff do in "To be reviewed"; views turn them into words."""

import datetime
import uuid


class ReviewedAlreadyError(Exception):
    """It waits no longer. Carries which account dealt with it and when; None if it ended by itself."""

    def __init__(self, by: uuid.UUID | None = None, at: datetime.datetime | None = None) -> None:
        super().__init__()
        self.by = by
        self.at = at


class ReviewOutdatedError(Exception):
    """What waits is not what the page showed: it has changed since."""

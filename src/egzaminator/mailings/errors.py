class MarkupError(Exception):
    """The text of a mailing has something in it that cannot be sent. `message` says what, in words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MailingChangedError(Exception):
    """Somebody has changed the mailing since its page was shown."""


class NotNowError(Exception):
    """The mailing is in a state in which this cannot be done."""


class PeopleChangedError(Exception):
    """The mailing would go to another number of people than was shown: `count`."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class NobodyError(Exception):
    """The mailing would go to nobody."""


class TooManyAttachmentsError(Exception):
    """The mailing has as many attachments as one may have."""

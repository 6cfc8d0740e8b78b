class MailsUsedUpError(Exception):
    """A cap on e-mails is used up: that of the claim or e-mail change, or today's of the mailbox or examiner."""

    def __init__(self, *, limit: str, seconds: int | None = None) -> None:
        super().__init__(limit)
        self.limit = limit
        """The name of the limit."""
        self.seconds = seconds
        """The time until an e-mail may be sent again, or None if that one never may."""


class MailServerUnavailableError(Exception):
    """The mail server cannot be reached, or lets nobody in: the server's fault, not an e-mail's.

    `reason` is technical, short, and free of personal data and credentials. `trouble` is one of `enums.Trouble`.
    `words` are the server's own, to be shown only to staff.
    """

    def __init__(self, reason: str, *, trouble: str, words: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble = trouble
        self.words = words


class ConnectionLostError(Exception):
    """The connection ended, or the time was up, before the server's reply to an e-mail was known.

    `code` is the one that the server gave for closing the connection, or None.
    """

    def __init__(self, reason: str, *, may_have_arrived: bool, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.may_have_arrived = may_have_arrived
        """Whether the whole e-mail was sent, so that the server may have accepted it."""

class MailServerUnavailableError(Exception):
    """The mail server cannot be reached, or lets nobody in: the server's fault, not a message's.

    `reason` is technical, short and free of personal data and credentials.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ConnectionLostError(Exception):
    """The connection ended, or the time was up, before the server's answer to a message was known."""

    def __init__(self, reason: str, *, may_have_arrived: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_have_arrived = may_have_arrived
        """Whether the whole message was on its way, so that the server may have taken it."""

import time
from typing import Final

from egzaminator.post.domain.lease_messages import LeasedMessage
from egzaminator.post.domain.record_result import record_accepted
from egzaminator.post.domain.reply import Reply
from egzaminator.post.enums import Priority

_SECONDS: Final = 0.02


class Acceptances:
    """E-mails that the mail server has accepted and the database does not show yet: some 0.02 seconds' worth.

    One statement per e-mail would cost more than sending it, so they are recorded in batches. If the worker is killed,
    its successor sends the unrecorded ones again. An e-mail that somebody waits for is recorded immediately.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[LeasedMessage, Reply]] = []
        self._since = 0.0

    def add(self, message: LeasedMessage, reply: Reply) -> None:
        """Add an e-mail of the current lease with the server's reply.

        Record the batch if it is old enough, or if somebody waits for this e-mail.
        """
        now = time.monotonic()
        if not self._waiting:
            self._since = now
        self._waiting.append((message, reply))
        if message.priority == Priority.ACCESS or now - self._since >= _SECONDS:
            self.write()

    def write(self) -> None:
        """Record the batch, if there is one."""
        if self._waiting:
            record_accepted(self._waiting)
            self._waiting = []

import time
from typing import Final

from egzaminator.post.domain.lease_messages import LeasedMessage
from egzaminator.post.domain.record_result import record_accepted
from egzaminator.post.domain.reply import Reply
from egzaminator.post.enums import Priority

_SECONDS: Final = 0.02


class Acceptances:
    """What the mail server has taken and the database does not know yet: a few hundredths of a second's worth.

    A statement a message would cost more than sending it does. What stands here is what a worker's successor sends
    again if the worker is killed. A message that somebody waits for is written down at once.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[LeasedMessage, Reply]] = []
        self._since = 0.0

    def add(self, message: LeasedMessage, reply: Reply) -> None:
        """Take a message of the lease at hand with the server's answer."""
        now = time.monotonic()
        if not self._waiting:
            self._since = now
        self._waiting.append((message, reply))
        if message.priority == Priority.ACCESS or now - self._since >= _SECONDS:
            self.write()

    def write(self) -> None:
        """Write down what waits."""
        if self._waiting:
            record_accepted(self._waiting)
            self._waiting = []

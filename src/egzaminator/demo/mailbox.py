"""The demo's mail server: it accepts every e-mail over SMTP and stores it in a Maildir. The supervisor starts it."""

import asyncio
import mailbox
import signal
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """The handler that stores received e-mails in the Maildir."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Store an e-mail and return the SMTP reply."""
        content = envelope.content or b""
        self._box.add(content if isinstance(content, bytes) else content.encode())
        return "250 Kept in the demo's mailbox"


async def receive(listener: socket.socket, folder: Path) -> None:
    """Receive e-mails on a listening socket until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    keeper = Keeper(folder)
    # The host name is explicit, because looking it up may wait for a name server.
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", enable_SMTPUTF8=True, loop=loop), sock=listener
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    # The socket belongs to the supervisor. So its port stays the same, and no e-mail is refused, while this process is
    # restarted.
    asyncio.run(receive(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))

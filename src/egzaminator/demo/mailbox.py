"""The demo's mail server: takes every message over SMTP and keeps it in a Maildir. Started by the supervisor."""

import asyncio
import mailbox
import signal
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Puts what the server receives into the Maildir."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Keep a message."""
        content = envelope.content or b""
        self._box.add(content if isinstance(content, bytes) else content.encode())
        return "250 Kept in the demo's mailbox"


async def receive(listener: socket.socket, folder: Path) -> None:
    """Receive on a listening socket until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    keeper = Keeper(folder)
    # The name is given, because finding one out may wait for a name server.
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", enable_SMTPUTF8=True, loop=loop), sock=listener
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    # The socket is the supervisor's: its port stays, and no message is refused, while this process is restarted.
    asyncio.run(receive(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))

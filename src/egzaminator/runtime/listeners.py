"""The sockets that the web server listens on: opened here, or by systemd, which keeps them while it restarts."""

import os
import socket
from typing import Final

# The number of the first one (sd_listen_fds(3)).
_FIRST: Final = 3
# How many connections wait in the kernel for a process that accepts them. Linux allows as many by default.
BACKLOG: Final = 4096
# Seconds.
_DEFER: Final = 10


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port of a numeric IP address. Raise `OSError` if that is impossible.

    A connection is accepted once its request has come. A server that stops answers what it has accepted, and leaves
    the rest to its successor, but it closes a connection on which nothing was sent yet.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _DEFER)
    return listener


def systemd_listeners() -> dict[str, socket.socket]:
    """Return the sockets that systemd has passed to this process, by their names. Call it once.

    A `.socket` unit's `FileDescriptorName=` names them. Nothing of them is left for programs that this one starts.
    """
    process = os.environ.pop("LISTEN_PID", None)
    count, names = os.environ.pop("LISTEN_FDS", "0"), os.environ.pop("LISTEN_FDNAMES", "")
    if process != str(os.getpid()):  # they were meant for a parent of this process
        return {}
    listeners = {}
    for number, name in zip(range(_FIRST, _FIRST + int(count)), names.split(":"), strict=True):
        os.set_inheritable(number, False)
        listeners[name] = socket.socket(fileno=number)
    return listeners

import os
import socket


def notify_ready() -> None:
    """Tell systemd, if it started this process and waits for that, that the process is ready (sd_notify(3))."""
    path = os.environ.pop("NOTIFY_SOCKET", "")
    if not path:
        return
    if path.startswith("@"):  # a name of Linux's abstract namespace
        path = f"\0{path[1:]}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.sendto(b"READY=1", path)

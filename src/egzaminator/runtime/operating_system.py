"""Linux's means that Python's library lacks: an end together with the parent, a flushed disk, a test of a port."""

import ctypes
import os
import signal
import socket
from pathlib import Path
from typing import Final

# linux/prctl.h
_PR_SET_PDEATHSIG: Final = 1
# Loaded at import, because a function that runs between fork and exec must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Make the kernel send this process a signal as soon as its parent is gone.

    Takes the parent's process id and the signal. It is safe for `preexec_fn`. The signal is sent when the *thread*
    that started this process ends (prctl(2)), so start processes from the main thread. Raise `OSError` if prctl
    fails.
    """
    if _libc.prctl(_PR_SET_PDEATHSIG, number) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # the parent ended before the call above
        os.kill(os.getpid(), number)


def sync_file_system(folder: Path) -> None:
    """Flush everything on a folder's file system to disk, so that it survives a power cut. Raise `OSError` on failure.

    This makes one syncfs(2) call instead of an fsync for each of PostgreSQL's thousand files: hundredths of a
    second instead of seconds.
    """
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if _libc.syncfs(file) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(file)


def listening_error(host: str, port: int) -> OSError | None:
    """Return the error that prevents a program from listening on a port of a numeric IP address, or None.

    A program that shares its port with others (SO_REUSEPORT) prevents it too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error
    return None

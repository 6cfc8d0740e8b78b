"""Linux's means to ensure that no process outlives its parent."""

import ctypes
import os
import signal
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

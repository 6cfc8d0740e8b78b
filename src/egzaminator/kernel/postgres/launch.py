"""Becomes a program that does not outlive its parent: run as a script, by its path, with nothing but Python's library.

A process of its own, not a preexec_fn, which may deadlock in a process with threads. It starts as its parent's user,
since the interpreter itself may lie where the program's user cannot go.

Arguments: the parent's pid, the signal to get when it ends, uid and gid to run as, then the program and its arguments.
"""

import ctypes
import os
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def main() -> None:
    """Drop the privileges, tie the process to its parent and become the program."""
    parent, death_signal, uid, gid = map(int, sys.argv[1:5])
    program = sys.argv[5:]
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # Only now: a change of user clears it.
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("The parent ended before its server had started.")
    os.execv(program[0], program)  # noqa: S606 -- no shell is the point


if __name__ == "__main__":
    main()

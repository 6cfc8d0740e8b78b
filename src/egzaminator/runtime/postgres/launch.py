"""Run a program that does not outlive its parent. This is a script, run by its path, which needs only Python's library.

It is a separate process and not a `preexec_fn`, which may deadlock in a process with threads. It starts as its parent's
user, because the program's user may not be able to reach the Python interpreter.

Arguments: the parent's pid, the signal to receive when the parent ends, the uid and gid to run as, then the program and
its arguments.
"""

import ctypes
import os
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def main() -> None:
    """Drop the privileges, tie the process to its parent, then exec the program."""
    parent, death_signal, uid, gid = map(int, sys.argv[1:5])
    program = sys.argv[5:]
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # This comes after setuid, because a change of user clears the setting.
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("The parent ended before its server had started.")
    os.execv(program[0], program)  # noqa: S606 -- deliberately without a shell


if __name__ == "__main__":
    main()

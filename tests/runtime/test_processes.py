import os
import select
import signal
import subprocess
import sys
from functools import partial

from egzaminator.runtime.processes import die_with_parent

# Starts a child that dies with it, prints the child's pid, and waits to be killed.
PARENT = """
import os, subprocess, sys
from functools import partial
from egzaminator.runtime.processes import die_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=partial(die_with_parent, os.getpid()))
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_child_ends_with_its_killed_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env={"PYTHONPATH": "src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

        # The file descriptor of a process is readable once the process has ended.
        assert select.select([child], [], [], 10) == ([child], [], [])
        os.close(child)


def test_a_child_whose_parent_is_gone_already_ends_at_once() -> None:
    nobody = subprocess.Popen(["true"])
    nobody.wait()

    child = subprocess.Popen(
        ["sleep", "60"],
        preexec_fn=partial(die_with_parent, nobody.pid, signal.SIGTERM),  # noqa: PLW1509 -- what it is made for
    )

    assert child.wait(10) == -signal.SIGTERM

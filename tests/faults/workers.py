"""Workers in processes of their own, and how they die."""

import signal
import subprocess
import time
from collections.abc import Callable

Worker = subprocess.Popen[bytes]


def kill(worker: Worker) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)

"""Looks at every process of the machine, again and again: what stands in a list of processes is no secret."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Self


class Watcher:
    """Keeps the command lines of all processes that it sees. A context manager."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _watch(self) -> None:
        known: set[str] = set()
        while not self._ends.wait(0.02):
            there = {path.name for path in Path("/proc").iterdir() if path.name.isdigit()}
            for process in there:
                # Those that are known are read again, because a process becomes another program.
                if process not in known or int(process) % 5 == 0:
                    with suppress(OSError):
                        self.seen.add(Path(f"/proc/{process}/cmdline").read_bytes())
            known = there

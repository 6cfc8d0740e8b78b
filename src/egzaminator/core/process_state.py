"""What one process of the site remembers between requests: caches, slots, thread pools.

Modules keep it here and never in variables of their own, so that it has one owner, one `reset()`, and no copy of it
crosses a fork.
"""

import os
from typing import Any, TypeVar, cast

_Part = TypeVar("_Part")


class ProcessState:
    """The state of a process: at most one object of each class that a module keeps in it."""

    def __init__(self) -> None:
        self._parts: dict[type[Any], object] = {}

    def get(self, kind: type[_Part]) -> _Part:
        """Return the process's object of a class. The first caller's thread makes it, without arguments."""
        part = self._parts.get(kind)
        if part is None:
            part = self._parts.setdefault(kind, kind())  # atomic: threads that race get the same object
        return cast("_Part", part)

    def reset(self) -> None:
        """Forget everything, so that the process is as it was when it started."""
        self._parts.clear()


process_state = ProcessState()
# A forked child gets no thread of its parent's pools, and nobody in it releases a lock that another thread held.
os.register_at_fork(after_in_child=process_state.reset)

"""The steps of the test: each is declared in its module, and done in the order in which they are declared."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.helpers.receiver import Receiver
from tests.installation.machine import Machine

# aiosmtpd warns of each log-in.
logging.getLogger("mail.log").setLevel(logging.ERROR)

HOST: Final = "konta.oke.example"
ADMINISTRATOR: Final = "jan.nowak@oke.example"
BOARD: Final = "sekretariat@oke.example"


@dataclass
class World:
    """What the steps of one Debian share."""

    suite: str
    namespace: str
    folder: Path
    """A folder on this machine, for what goes from one machine to another."""
    dist: Path
    """The release, as `make wheel` makes it."""
    machine: Machine
    relay: Receiver
    found: dict[str, Any] = field(default_factory=dict)
    """What a step leaves to a later one."""


Step = Callable[[World], str]
_declared: Final[list[tuple[str, Step]]] = []


def step(title: str) -> Callable[[Step], Step]:
    """Declare a step. It returns what it saw, in a line."""

    def declare(do: Step) -> Step:
        _declared.append((title, do))
        return do

    return declare


def all_steps() -> list[tuple[str, Step]]:
    """Return the steps in their order."""
    return list(_declared)


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Wait until something is so. Return how long it took. Raise `AssertionError` if it does not come."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.2)
    return time.monotonic() - begun

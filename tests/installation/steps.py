"""The steps of the test: each is declared in its module, and done in the order of `in_order`."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final

from tests.helpers.receiver import Receiver
from tests.installation.machine import Machine
from tests.installation.watcher import Watcher

# aiosmtpd warns of each log-in.
logging.getLogger("mail.log").setLevel(logging.ERROR)

HOST: Final = "konta.oke.example"
ADMINISTRATOR: Final = "jan.nowak@oke.example"
PASSWORD: Final = "p@ss word'$1"  # of the mail server: every sign that a shell or a URL could mistake
BOARD: Final = "sekretariat@oke.example"


@dataclass
class World:
    """What the steps of one Debian share."""

    folder: Path
    """A folder on this machine, for what goes from one machine to another."""
    dist: Path
    """The release, as `make wheel` makes it."""
    machine: Machine
    relay: Receiver
    watcher: Watcher
    backup_key: tuple[str, str]
    """The administrator's key of age: private and public."""
    found: dict[str, str] = field(default_factory=dict)
    """What a step leaves to a later one."""


Step = Callable[[World], str]


@dataclass(frozen=True)
class Declared:
    """A step with its title. Those with a higher number of the machine are done on a fresh one, after the others."""

    title: str
    do: Step
    machine: int


_declared: Final[list[Declared]] = []


def step(title: str, *, machine: int = 1) -> Callable[[Step], Step]:
    """Declare a step. It returns what it saw, in a line, and raises if that is not as it has to be."""

    def declare(do: Step) -> Step:
        _declared.append(Declared(title, do, machine))
        return do

    return declare


def steps_of(modules: Sequence[ModuleType]) -> list[Declared]:
    """Return the steps of modules, in the modules' order."""
    names = [module.__name__ for module in modules]
    return sorted(_declared, key=lambda one: names.index(one.do.__module__))


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 90) -> float:
    """Wait until something is so. Return how long it took. Raise `AssertionError` if it does not come."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.2)
    return time.monotonic() - begun

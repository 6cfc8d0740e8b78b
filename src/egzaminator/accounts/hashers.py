import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final, NamedTuple, TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from egzaminator.accounts.errors import HashingBusyError

_Hash = TypeVar("_Hash")

_CORES: Final = os.cpu_count() or 1
# Steps down from the process: a thread gets a tenth of what it would get, whenever others want the core.
_NICENESS: Final = 10
# Seconds that a request waits for its turn. Longer, and on the day everyone logs in every thread of the server would
# stand in this queue, and nobody would be served so much as a page of help.
_PATIENCE: Final = 2.0
_turns = threading.BoundedSemaphore(_CORES)
# How many log-ins a process lets in at a time: fewer than the web server has threads, so that some are always left for
# pages, and no more than are hashed within a second or so.
LOGIN_PLACES: Final = 24
_login_places = threading.BoundedSemaphore(LOGIN_PLACES)
# What is refused already is hashed all the same, but one at a time and with few waiting: whoever sends a flood of it
# stands in a queue of their own, and keeps neither turns nor the greater part of the threads from others.
_flood_turn = threading.BoundedSemaphore(1)
_flood_places = threading.BoundedSemaphore(16)


def has_login_place() -> bool:
    """Tell whether there is a place for one more log-in. Somebody else may take it a moment later."""
    if free := _login_places.acquire(blocking=False):
        _login_places.release()
    return free


@contextmanager
def login_place() -> Iterator[None]:
    """Hold one of the places for log-ins. Raises HashingBusyError at once when all are taken.

    Take it before anything else is done for a log-in: refusing must cost next to nothing when most are refused.
    """
    with ExitStack() as held:
        _hold(held, _login_places, 0)
        yield


@contextmanager
def hashing_turn(*, is_flood: bool = False) -> Iterator[None]:
    """Hold one of as many places as there are cores while a password is hashed.

    What may be part of a flood waits for the one place of its kind first. Raises HashingBusyError.
    """
    with ExitStack() as held:
        deadline = time.monotonic() + _PATIENCE
        if is_flood:
            _hold(held, _flood_places, 0)
            _hold(held, _flood_turn, _PATIENCE)
        _hold(held, _turns, max(0, deadline - time.monotonic()))
        yield


def hash_aside(work: Callable[[], _Hash]) -> _Hash:
    """Do what computes a hash in a thread that gives way to all others, and wait for it; give what it gives.

    Argon2id computes without holding Python back, but not without holding the processor: as urgent as everything else,
    it would make a page of a millisecond wait for its turn at the core behind every password.
    """
    return _threads.submit(work).result()


def _start_threads() -> None:
    global _threads  # noqa: PLW0603 -- those of a process; a fork begins with none
    # On Linux, what is nice is the thread.
    _threads = ThreadPoolExecutor(_CORES, thread_name_prefix="hashing", initializer=os.nice, initargs=(_NICENESS,))


_threads: ThreadPoolExecutor
_start_threads()
os.register_at_fork(after_in_child=_start_threads)


def _hold(held: ExitStack, places: threading.BoundedSemaphore, seconds: float) -> None:
    if not places.acquire(timeout=seconds):
        raise HashingBusyError
    held.callback(places.release)


class Parameters(NamedTuple):
    """What an Argon2id costs: passes, memory in KiB, lanes."""

    time_cost: int
    memory_cost: int
    parallelism: int


# OWASP's minimum (Password Storage Cheat Sheet). Whoever changes it puts what it was into FORMER.
CURRENT: Final = Parameters(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What hashes in the database may still have been made with. A log-in computes one hash with each, whoever asks, so that
# accounts not renewed yet cannot be told from others by the time; it renews them. Empty: one hash a log-in.
FORMER: Final[list[Parameters]] = []


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with the current parameters."""

    time_cost, memory_cost, parallelism = CURRENT

    def encode(self, password: str, salt: str) -> str:
        """Hash a password when its turn comes. Raises HashingBusyError."""
        with hashing_turn():
            return hash_aside(partial(super().encode, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash when its turn comes. Raises HashingBusyError."""
        with hashing_turn():
            return hash_aside(partial(super().verify, password, encoded))

"""Argon2id hashing in low-priority threads, and the slots that bound how much of it runs at a time."""

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
# Nice levels below the process: whenever others want the core, a hashing thread gets a tenth of its usual share.
_NICENESS: Final = 10
# Seconds that a request waits for a hashing slot. With a longer wait, on a day when everyone logs in, every thread of
# the server would stand in this queue, and nobody would get even a page of help.
_PATIENCE: Final = 2.0
_turns = threading.BoundedSemaphore(_CORES)
# How many log-ins a process admits at a time: fewer than the web server has threads, so that some are always left for
# pages, and no more than can be hashed within about a second.
LOGIN_PLACES: Final = 24
_login_places = threading.BoundedSemaphore(LOGIN_PLACES)
# An attempt that a rate limit has already rejected is hashed all the same, but one at a time and with few waiting. So a
# client that sends a flood of them waits in a queue of its own, and takes from others neither hashing slots nor most of
# the threads.
_flood_turn = threading.BoundedSemaphore(1)
_flood_places = threading.BoundedSemaphore(16)


def has_login_place() -> bool:
    """Return whether a login slot is free; another request may take it a moment later."""
    if free := _login_places.acquire(blocking=False):
        _login_places.release()
    return free


@contextmanager
def login_place() -> Iterator[None]:
    """Hold a login slot while the block runs.

    Take the slot before any other work for a log-in: when most log-ins are rejected, rejecting must cost next to
    nothing. Raise `HashingBusyError` without waiting if no slot is free.
    """
    with ExitStack() as held:
        _hold(held, _login_places, 0)
        yield


@contextmanager
def hashing_turn(*, is_flood: bool = False) -> Iterator[None]:
    """Hold a hashing slot while a password is hashed; there are as many slots as cores.

    A throttled attempt (`is_flood`) first waits for the single slot of its kind. Raise `HashingBusyError` if no slot
    becomes free within `_PATIENCE` seconds, or if too many throttled attempts wait already.
    """
    with ExitStack() as held:
        deadline = time.monotonic() + _PATIENCE
        if is_flood:
            _hold(held, _flood_places, 0)
            _hold(held, _flood_turn, _PATIENCE)
        _hold(held, _turns, max(0, deadline - time.monotonic()))
        yield


def hash_aside(work: Callable[[], _Hash]) -> _Hash:
    """Run `work` in the low-priority hashing thread pool and return its result.

    Argon2id releases Python's global interpreter lock (GIL), but not the processor. At the same priority as everything
    else, it would make a page that takes a millisecond wait for the core behind every password.
    """
    return _threads.submit(work).result()


def _start_threads() -> None:
    global _threads  # noqa: PLW0603 -- one pool per process; a forked child starts its own
    # On Linux, niceness is a property of the thread.
    _threads = ThreadPoolExecutor(_CORES, thread_name_prefix="hashing", initializer=os.nice, initargs=(_NICENESS,))


_threads: ThreadPoolExecutor
_start_threads()
os.register_at_fork(after_in_child=_start_threads)


def _hold(held: ExitStack, places: threading.BoundedSemaphore, seconds: float) -> None:
    if not places.acquire(timeout=seconds):
        raise HashingBusyError
    held.callback(places.release)


class Parameters(NamedTuple):
    """The cost parameters of Argon2id: passes, memory in KiB, lanes."""

    time_cost: int
    memory_cost: int
    parallelism: int


# OWASP's minimum (Password Storage Cheat Sheet). When changing it, add the previous value to `FORMER`.
CURRENT: Final = Parameters(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Parameters that hashes in the database may still have. A log-in computes one hash with each of them, for every
# account, so that the response time does not tell which accounts have an old hash (side channel). It also renews old
# hashes. Empty: one hash per log-in.
FORMER: Final[list[Parameters]] = []


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with the current parameters."""

    time_cost, memory_cost, parallelism = CURRENT

    def encode(self, password: str, salt: str) -> str:
        """Hash a password in a hashing slot. Raise `HashingBusyError` on overload."""
        with hashing_turn():
            return hash_aside(partial(super().encode, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash in a hashing slot. Raise `HashingBusyError` on overload."""
        with hashing_turn():
            return hash_aside(partial(super().verify, password, encoded))

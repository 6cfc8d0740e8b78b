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

from egzaminator.accounts.errors import OverloadError
from egzaminator.core.process_state import process_state

_Hash = TypeVar("_Hash")

_CORES: Final = os.cpu_count() or 1
# Nice levels below the process: whenever others want the core, a hashing thread gets a tenth of its usual share.
NICENESS: Final = 10
# How many log-ins a process admits at a time: fewer than the web server has threads, so that some are always left for
# pages, and no more than can be hashed within about a second.
LOGIN_SLOTS: Final = 24
_THROTTLED_SLOTS: Final = 16


class HashingSlots:
    """The slots and the hashing threads of one process. An attribute counts what is free of one kind of slot.

    An attempt that a rate limit has already rejected is hashed all the same, but one at a time and with few waiting. So
    a client that sends a flood of them waits in a queue of its own, and takes from others neither hashing slots nor
    most of the threads.
    """

    def __init__(self) -> None:
        self.hashing = threading.BoundedSemaphore(_CORES)
        self.login = threading.BoundedSemaphore(LOGIN_SLOTS)
        self.throttled = threading.BoundedSemaphore(1)
        self.throttled_waiting = threading.BoundedSemaphore(_THROTTLED_SLOTS)
        # Seconds that a request waits for a hashing slot. With a longer wait, on a day when everyone logs in, every
        # thread of the server would stand in this queue, and nobody would get even a page of help.
        self.patience = 2.0
        # On Linux, niceness is a property of the thread.
        self.threads = ThreadPoolExecutor(
            _CORES, thread_name_prefix="hashing", initializer=os.nice, initargs=(NICENESS,)
        )


def has_login_slot() -> bool:
    """Return whether a login slot is free; another request may take it a moment later."""
    slots = process_state.get(HashingSlots).login
    if free := slots.acquire(blocking=False):
        slots.release()
    return free


@contextmanager
def login_slot() -> Iterator[None]:
    """Hold a login slot while the block runs.

    Take the slot before any other work for a log-in: when most log-ins are rejected, rejecting must cost next to
    nothing. Raise `OverloadError` without waiting if no slot is free.
    """
    with ExitStack() as held:
        _hold(held, process_state.get(HashingSlots).login, 0)
        yield


@contextmanager
def hashing_slot(*, is_throttled: bool = False) -> Iterator[None]:
    """Hold a hashing slot while a password is hashed; there are as many slots as cores.

    A throttled attempt (`is_throttled`) first waits for the single slot of its kind. Raise `OverloadError` if no slot
    becomes free in time, or if too many throttled attempts wait already.
    """
    slots = process_state.get(HashingSlots)
    with ExitStack() as held:
        deadline = time.monotonic() + slots.patience
        if is_throttled:
            _hold(held, slots.throttled_waiting, 0)
            _hold(held, slots.throttled, slots.patience)
        _hold(held, slots.hashing, max(0, deadline - time.monotonic()))
        yield


def run_in_hash_pool(work: Callable[[], _Hash]) -> _Hash:
    """Run `work` in the low-priority hashing thread pool and return its result.

    Argon2id releases Python's global interpreter lock (GIL), but not the processor. At the same priority as everything
    else, it would make a page that takes a millisecond wait for the core behind every password.
    """
    return process_state.get(HashingSlots).threads.submit(work).result()


def _hold(held: ExitStack, slots: threading.BoundedSemaphore, seconds: float) -> None:
    if not slots.acquire(timeout=seconds):
        raise OverloadError
    held.callback(slots.release)


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
FORMER: Final[tuple[Parameters, ...]] = ()


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with the current parameters."""

    time_cost, memory_cost, parallelism = CURRENT

    def encode(self, password: str, salt: str) -> str:
        """Hash a password in a hashing slot. Raise `OverloadError` on overload."""
        with hashing_slot():
            return run_in_hash_pool(partial(super().encode, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash in a hashing slot. Raise `OverloadError` on overload."""
        with hashing_slot():
            return run_in_hash_pool(partial(super().verify, password, encoded))

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting(*, seconds: float) -> Iterator[None]:
    """Have what is done inside last so many seconds, if it took less, so that its own time tells nobody what it found.

    Waiting costs a thread and no work.
    """
    end = time.perf_counter() + seconds
    yield
    time.sleep(max(0.0, end - time.perf_counter()))

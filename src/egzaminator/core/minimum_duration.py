import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def minimum_duration(*, seconds: float) -> Iterator[None]:
    """Pad the block to a minimum duration, in seconds, to hide timing differences (side channel).

    The wait occupies a thread but uses no CPU time.
    """
    end = time.perf_counter() + seconds
    yield
    time.sleep(max(0.0, end - time.perf_counter()))

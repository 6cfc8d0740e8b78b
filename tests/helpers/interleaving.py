"""Runs two use cases in two processes, one of them whole between any two statements of the other.

In the case number k, the first process stops before its statement k until the second has finished, or waits for a lock
of the first. So every moment between reading and writing is tried, and no time is measured.
"""

import importlib
import multiprocessing
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.db import connection

UseCase = Callable[..., object]
Given = Mapping[str, object]
_PATIENCE: Final = 120
_POLL: Final = 0.01
_IS_OTHER_WAITING: Final = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
)
"""


def interleave(first: UseCase, second: UseCase, given: Sequence[tuple[Given, Given]]) -> list[tuple[str, str]]:
    """Run both use cases, functions of modules, once for each pair of arguments.

    Return the names of the exceptions that they raised, or "". In the last pair that is used, the first use case is
    through before the second begins. There must be enough pairs to get there.
    """
    context = multiprocessing.get_context("spawn")  # a fork would share this process's connection
    stopped, finished = ([context.Event() for _pair in given] for _name in range(2))
    is_through = context.Event()
    barrier, results = context.Barrier(2), context.SimpleQueue()
    sides = [(first, [pair[0] for pair in given], True), (second, [pair[1] for pair in given], False)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", _database_url())
        processes = [
            context.Process(
                target=_run,
                args=(one.__module__, one.__qualname__, arguments),
                kwargs={
                    "is_first": is_first,
                    "stopped": stopped,
                    "finished": finished,
                    "is_through": is_through,
                    "barrier": barrier,
                    "results": results,
                },
            )
            for one, arguments, is_first in sides
        ]
        for process in processes:
            process.start()
    try:
        for process in processes:
            process.join(_PATIENCE)
        assert [process.exitcode for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    raised = dict(results.get() for _process in processes)
    assert is_through.is_set(), "The first use case has more statements than there are pairs of arguments."
    return list(zip(raised[True], raised[False], strict=True))


def _database_url() -> str:
    database = connection.settings_dict
    server = f"{quote(str(database['USER']))}@{quote(database['HOST'], safe='')}:{database['PORT']}"
    return f"postgresql://{server}/{quote(database['NAME'])}"


class _Stop:
    """Stops a process before one of its statements."""

    def __init__(self, number: int, stopped: Any, finished: Any) -> None:
        self.left = number
        self._stopped = stopped
        self._finished = finished

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django's signature
        self.left -= 1
        if self.left == -1:
            self._stopped.set()
            while not self._finished.wait(_POLL):
                with connection.connection.cursor() as cursor:  # past this wrapper
                    cursor.execute("SELECT pg_stat_clear_snapshot()")
                    if cursor.execute(_IS_OTHER_WAITING).fetchone()[0]:
                        break
        return execute(sql, params, many, context)


def _run(
    module: str,
    name: str,
    arguments: Sequence[Given],
    *,
    is_first: bool,
    stopped: Sequence[Any],
    finished: Sequence[Any],
    is_through: Any,
    barrier: Any,
    results: Any,
) -> None:
    """Run a function for all arguments, in a new process. It is imported after Django is set up."""
    import django  # noqa: PLC0415 -- as above

    django.setup()
    use_case = getattr(importlib.import_module(module), name)
    raised = list[str]()
    for index, given in enumerate(arguments):
        barrier.wait(_PATIENCE)
        if is_first:
            with connection.execute_wrapper(_Stop(index, stopped[index], finished[index])):
                raised.append(_raised_by(use_case, given))
            if not stopped[index].is_set():
                is_through.set()
            stopped[index].set()
        else:
            stopped[index].wait(_PATIENCE)
            raised.append(_raised_by(use_case, given))
            finished[index].set()
        if is_through.is_set():
            break
    results.put((is_first, raised))


def _raised_by(use_case: UseCase, given: Given) -> str:
    try:
        use_case(**given)
    except Exception as error:  # noqa: BLE001 -- what was raised is the result
        traceback.print_exc()
        return type(error).__name__
    return ""

"""Runs functions at the same time, each in a process of its own, on the tests' database."""

import importlib
import multiprocessing
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import BrokenBarrierError
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

Meet = Callable[[], None]
Racer = Callable[..., None]
# How long a process waits at the barrier, in seconds, for one that a lock in the database keeps from coming.
_AT_BARRIER = 3
_PATIENCE = 120


def in_two_processes(one: Racer, other: Racer, *given: Mapping[str, object]) -> list[str]:
    """Run two functions of modules. Return the name of the exception that each raised, or "".

    Each gets `meet`, which waits for the other one at a barrier, and the arguments that are given for it.
    """
    context = multiprocessing.get_context("spawn")  # a fork would share this process's connection
    shared = {"start": context.Barrier(2), "barrier": context.Barrier(2), "results": context.SimpleQueue()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", _database_url())
        processes = [
            context.Process(
                target=_run,
                args=(index, racer.__module__, racer.__qualname__, arguments),
                kwargs=shared,
            )
            for index, (racer, arguments) in enumerate(zip((one, other), given, strict=True))
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
    return [raised for _index, raised in sorted(shared["results"].get() for _process in processes)]  # type: ignore[attr-defined]  # the queue


def _database_url() -> str:
    database = connection.settings_dict
    server = f"{quote(str(database['USER']))}@{quote(database['HOST'], safe='')}:{database['PORT']}"
    return f"postgresql://{server}/{quote(database['NAME'])}"


def _run(
    index: int, module: str, name: str, arguments: Mapping[str, object], *, start: Any, barrier: Any, results: Any
) -> None:
    """Run a function, in a new process, once the other process is as far. It is imported after Django is set up."""
    import django  # noqa: PLC0415 -- as above

    django.setup()
    racer = getattr(importlib.import_module(module), name)
    connection.ensure_connection()

    def meet() -> None:
        with suppress(BrokenBarrierError):
            barrier.wait(_AT_BARRIER)

    start.wait(_PATIENCE)
    try:
        racer(meet, **arguments)
    except Exception as error:  # noqa: BLE001 -- what was raised is the result
        traceback.print_exc()
        results.put((index, type(error).__name__))
    else:
        results.put((index, ""))

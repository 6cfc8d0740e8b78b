"""Runs things at the same time, each on a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

_PATIENCE = 30


def at_once(*actions: Callable[[], object]) -> list[Any]:
    """Start the actions together. Return the result or the exception of each, in their order."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(_PATIENCE)
            return action()
        except Exception as error:  # noqa: BLE001 -- what was raised is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result(_PATIENCE) for future in [pool.submit(run, action) for action in actions]]

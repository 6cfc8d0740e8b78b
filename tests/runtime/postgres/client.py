"""A process that uses the embedded server of a given data folder.

For each line that it reads from stdin, it does an action and writes one line of JSON to stdout.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from egzaminator.runtime import postgres


def server() -> int:
    """Reconnect, as every request does, and return the pid of the server."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)")
        return int(cursor.fetchone()[0])


def in_thread() -> int:
    """Return the same from a thread that has ended by then."""
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(server()))
    thread.start()
    thread.join()
    return answers[0]


def in_fork() -> int:
    """Return the exit code of a fork that ends normally."""
    connection.close()
    child = os.fork()
    if child == 0:
        sys.exit()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def hold() -> None:
    postgres.hold(Path(sys.argv[1]))


def show(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


def execute(*words: str) -> list[list[object]]:
    with connection.cursor() as cursor:
        cursor.execute(" ".join(words))
        return [list(row) for row in cursor.fetchall()] if cursor.description else []


def missing_database() -> None:
    other = connection.copy()
    other.settings_dict["NAME"] = "missing"
    other.ensure_connection()


def dbshell() -> None:
    connection.client.runshell([])


def procrastinate() -> int:
    """Connect as Procrastinate's worker does: on its own, with only Django's parameters."""
    from procrastinate.contrib.django.django_connector import DjangoConnector  # noqa: PLC0415 -- reads the settings

    async def ask() -> int:
        connector = DjangoConnector().get_worker_connector()
        await connector.open_async()
        try:
            return int((await connector.execute_query_one_async("SELECT 6 * 7 AS answer"))["answer"])
        finally:
            await connector.close_async()

    return asyncio.run(ask())


ACTIONS: dict[str, Callable[..., object]] = {
    action.__name__: action
    for action in (server, in_thread, in_fork, hold, show, execute, missing_database, dbshell, procrastinate)
}


def answer(name: str, *words: str) -> None:
    try:
        result = {"result": ACTIONS[name](*words)}
    except Exception as error:  # noqa: BLE001 -- the test reads it
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)  # noqa: T201 -- that is how it answers


def main() -> None:
    settings.configure(DATABASES={"default": postgres.database_settings(Path(sys.argv[1]))}, USE_TZ=True)
    django.setup()
    try:
        for line in sys.stdin:
            answer(*line.split())
    except KeyboardInterrupt:
        answer("server")


if __name__ == "__main__":
    main()

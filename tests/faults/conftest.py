import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.db import connection

from tests.faults.workers import Worker


@pytest.fixture
def start_worker() -> Iterator[Callable[[int], Worker]]:
    """Start `manage.py worker` on the tests' database, with the mail server at a port."""
    database = connection.settings_dict
    user = quote(f"{database['USER']}")
    url = f"postgresql://{user}@{quote(database['HOST'], safe='')}:{database['PORT']}/{quote(database['NAME'])}"
    workers: list[Worker] = []

    def _start(port: int) -> Worker:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--insecure-test-machine"],
            env=os.environ | {"DATABASE_URL": url, "EMAIL_URL": f"smtp://127.0.0.1:{port}"},
        )
        workers.append(worker)
        return worker

    yield _start
    for worker in workers:
        worker.kill()
        worker.wait(10)

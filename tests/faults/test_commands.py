"""`serve` and `worker` as real processes, on the tests' database."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.helpers.database_url import database_url

MANAGE = [sys.executable, str(Path(__file__).parents[2] / "manage.py")]
TEST_MACHINE = "--insecure-test-machine"
PATIENCE = 60

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path), "BIND": f"127.0.0.1:{port}"}


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Start a command with its output in the file `output`."""
    with contextlib.ExitStack() as stack:
        output = stack.enter_context((tmp_path / "output").open("w"))

        def run(command: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen([*MANAGE, command, TEST_MACHINE], env=environment, stdout=output, stderr=output)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield run


def refusal(environment: dict[str, str], *arguments: str) -> str:
    result = subprocess.run(
        [*MANAGE, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (result.returncode, result.stdout) == (1, "")
    return result.stderr


def refusal_of_test_machine(environment: dict[str, str]) -> str:
    """Return the error that follows the list of unsafe settings."""
    text = refusal(environment, "serve", TEST_MACHINE)
    assert "PUBLIC_BASE_URL is not https" in text
    return text[text.index("CommandError") :]


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def answer(environment: dict[str, str], path: str) -> int | None:
    with contextlib.closing(http.client.HTTPConnection(environment["BIND"], timeout=PATIENCE)) as connection:
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status
        except ConnectionRefusedError:
            return None


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("program", ["serve", "worker"])
def test_neither_program_starts_with_settings_that_are_not_safe(program: str) -> None:
    """The program itself reports all unsafe settings at once, even if nobody ran `check --deploy`."""
    unsafe = {
        "PUBLIC_BASE_URL": "http://egzaminatorzy.example",
        "EMAIL_URL": "smtp://poczta.example",
        "STAFF_SECOND_FACTOR": "0",
        "SECRET_KEY": "0123456789" * 6,
    }
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    said = refusal(environment | unsafe, program)
    assert said.startswith("CommandError: The settings are not safe")
    for name in [*unsafe, "DATABASE_URL"]:
        assert f"\n  {name} " in said
    assert said.endswith("--insecure-test-machine starts it all the same.\n")


def test_serve_refuses_what_is_not_ready_for_production(environment: dict[str, str], tmp_path: Path) -> None:
    assert refusal(environment | {"DEMO": "1"}, "serve", TEST_MACHINE).startswith("CommandError: DEMO is set")
    assert refusal_of_test_machine(environment).startswith("CommandError: The static files are not collected.")
    (tmp_path / "static").mkdir()
    shutil.copy(settings.STATIC_ROOT / "staticfiles.json", tmp_path / "static")
    assert refusal_of_test_machine(environment | {"DATABASE_URL": database_url("postgres")}).startswith(
        "CommandError: The database is older than the program."
    )
    said = refusal(environment | {"DATABASE_URL": database_url("postgres")}, "worker", TEST_MACHINE)
    assert "CommandError: The database is older than the program. Run `egzaminator migrate` first.\n" in said
    host, port = environment["BIND"].split(":")
    with socket.create_server((host, int(port))):
        assert (
            refusal_of_test_machine(environment)
            == f"CommandError: {host}:{port} (BIND) cannot be listened on: Address already in use.\n"
        )


def test_serve_answers_logs_no_link_and_leaves_no_process(
    environment: dict[str, str], start: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    subprocess.run([*MANAGE, "collectstatic", "--no-input", "-v0"], env=environment, timeout=PATIENCE, check=True)

    server = start("serve")
    wait_until(lambda: answer(environment, "/readyz") == 200)
    assert answer(environment, "/a/c2VjcmV0LXRva2Vu/") in {404, 410}
    assert "c2VjcmV0LXRva2Vu" not in (tmp_path / "output").read_text()
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0

    server = start("serve")
    wait_until(lambda: answer(environment, "/healthz") == 200)
    workers = children(server.pid)
    assert len(workers) == os.cpu_count()
    server.kill()
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_the_worker_wakes_for_a_job_and_stops_when_told(
    start: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    worker = start("worker")
    app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs").defer(max_hours=1)
    wait_until(lambda: not ProcrastinateJob.objects.exists())  # done, and deleted with its arguments

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE) == 0
    assert "Traceback" not in (tmp_path / "output").read_text()

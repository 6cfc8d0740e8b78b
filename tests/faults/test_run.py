"""`make run` with real processes: every way to stop it, and everything that may be wrong at its start."""

import contextlib
import http.client
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest
from dotenv import dotenv_values

ROOT = Path(__file__).parents[2]
SUPERVISOR = [sys.executable, "-m", "egzaminator.demo"]
READY = "To stop"
PATIENCE = 150  # seconds, on a busy machine

pytestmark = pytest.mark.fault


class Run:
    """A running demo. A context manager that leaves no process behind."""

    def __init__(self, command: list[str], folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.output = folder.with_suffix(".out")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=clean_environment(folder, PORT=str(self.port), **environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # with a process group of its own, like a job of a terminal
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        for pid in survivors(self.folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @property
    def text(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.text or self.process.poll() is not None)
        assert text in self.text, self.text

    def get(self, path: str, host: str = "localhost") -> tuple[int, str]:
        connection = http.client.HTTPConnection(host, self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()


def clean_environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment without what the tests have set, for the project's own embedded server."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "PYTHONPATH": "src",
        "DATA_DIR": str(folder),
        **more,
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def survivors(folder: Path) -> dict[int, str]:
    """Return the processes with this DATA_DIR or working directory (PostgreSQL overwrites its environment)."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            marks = f"DATA_DIR={folder}".encode() in (process / "environ").read_bytes().split(b"\0")
            if command and (marks or (process / "cwd").readlink().is_relative_to(folder)):
                found[int(process.name)] = command
    return found


def pid_of(folder: Path, part: str) -> int:
    [pid] = [pid for pid, command in survivors(folder).items() if part in command]
    return pid


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "demo's data"


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder shared by all tests that need no first start, since a first start takes longer."""
    return tmp_path_factory.mktemp("used") / "demo's data"


def test_no_way_of_ending_it_leaves_a_process_or_harms_the_next_start(used_folder: Path) -> None:
    folder = used_folder
    make = ["make", "run"]
    ways: list[tuple[str, list[str], Callable[[int], None], set[int]]] = [
        ("Ctrl-C", make, lambda pid: os.killpg(pid, signal.SIGINT), {-signal.SIGINT, 2}),
        ("SIGKILL of make", make, lambda pid: os.kill(pid, signal.SIGKILL), {-signal.SIGKILL}),
        ("SIGTERM of make", make, lambda pid: os.kill(pid, signal.SIGTERM), {-signal.SIGTERM, 2}),
        ("SIGKILL", SUPERVISOR, lambda pid: os.kill(pid, signal.SIGKILL), {-signal.SIGKILL}),
        ("closed terminal", SUPERVISOR, lambda pid: os.kill(pid, signal.SIGHUP), {0}),
        ("SIGTERM", SUPERVISOR, lambda pid: os.kill(pid, signal.SIGTERM), {0}),
    ]
    for name, command, end, codes in ways:
        with Run(command, folder) as run:
            run.wait_for(READY)
            assert run.get("/healthz", "127.0.0.1") == run.get("/healthz", "localhost") == (200, "ok\n"), name

            end(run.process.pid)

            assert run.process.wait(PATIENCE) in codes, name
            wait_until(lambda: survivors(folder) == {})
            assert "Traceback" not in run.text, name


def test_ended_while_it_prepares_it_leaves_nothing_and_can_be_started_again(folder: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with Run(SUPERVISOR, folder) as run:
            wait_until(lambda: any("bin/postgres" in command for command in survivors(folder).values()))

            os.kill(run.process.pid, number)

            assert run.process.wait(PATIENCE) == (0 if number == signal.SIGTERM else -number)
            wait_until(lambda: survivors(folder) == {})
            assert "Traceback" not in run.text
    with Run(SUPERVISOR, folder) as run:
        run.wait_for(READY)


def test_helpers_that_die_are_started_again_and_with_the_web_server_everything_ends(used_folder: Path) -> None:
    folder = used_folder
    with Run(SUPERVISOR, folder) as run:
        run.wait_for(READY)
        settings = dotenv_values(folder / "demo.env")
        assert settings["PUBLIC_BASE_URL"] == f"http://localhost:{run.port}"
        assert folder.stat().st_mode & 0o777 == 0o700

        mailbox = pid_of(folder, "egzaminator.demo.mailbox")
        os.kill(mailbox, signal.SIGKILL)
        wait_until(lambda: mailbox not in survivors(folder))
        # Nobody answers at this moment, but the supervisor holds the port: the message waits for the next mailbox.
        with smtplib.SMTP(host="127.0.0.1", port=int(str(settings["EMAIL_URL"]).rpartition(":")[2])) as server:
            server.sendmail("a@oke.example", ["b@poczta.example"], "Subject: After the fall\r\n\r\nStill here\r\n")
        assert "The mailbox has stopped; it starts again in 1 s." in run.text
        status, page = run.get("/demo/poczta/")
        assert (status, "After the fall" in page) == (200, True)

        os.kill(pid_of(folder, "manage.py worker"), signal.SIGKILL)
        run.wait_for("The worker has stopped; it starts again in 1 s.")
        wait_until(lambda: any("manage.py worker" in command for command in survivors(folder).values()))

        second = refusal(SUPERVISOR, folder, PORT=str(free_port()))
        assert f"is running already (process {run.process.pid})" in second

        # The first is the parent of the web server's workers, which are its forks and share its command line.
        os.kill(
            min(pid for pid, command in survivors(folder).items() if "egzaminator.demo.web" in command), signal.SIGKILL
        )
        assert run.process.wait(PATIENCE) == 1
        wait_until(lambda: survivors(folder) == {})
        assert "The web server has stopped, so everything else stops too." in run.text
        assert "Traceback" not in run.text


def refusal(command: list[str], folder: Path, **environment: str) -> str:
    """Run a demo that cannot start and return its output."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=clean_environment(folder, **environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.returncode in {1, 2}, result
    assert "Traceback" not in result.stderr
    assert survivors(folder) == {} or "running already" in result.stderr
    return result.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])  # noqa: S104 -- a program that listens everywhere
def test_a_taken_port_is_named(folder: Path, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as other:
        port = other.getsockname()[1]
        assert refusal(SUPERVISOR, folder, PORT=str(port)) == (
            f"Another program listens on port {port}. Choose another: make run PORT={port + 1}\n"
        )


def test_all_wrong_settings_are_named_at_once(folder: Path) -> None:
    text = refusal(
        SUPERVISOR, folder, PORT="none", EMAIL_URL="mail.example", BLIND_INDEX_KEY="short", DATABASE_URL="mysql://x/y"
    )
    assert [line.split(":")[0].strip() for line in text.splitlines()[1:]] == [
        "BLIND_INDEX_KEY",
        "EMAIL_URL",
        "PORT",
        "DATABASE_URL",
    ]
    # The wrong setting is not kept.
    assert len(str(dotenv_values(folder / "demo.env")["BLIND_INDEX_KEY"])) == 44


def test_a_data_folder_that_is_none_is_named(folder: Path) -> None:
    folder.write_text("a file")
    assert refusal(SUPERVISOR, folder).startswith(f"The data folder {folder} cannot be used: ")


def test_a_data_folder_that_cannot_be_written_is_named() -> None:
    folder = Path("/proc/egzaminator")  # nobody may make a folder there, not even root
    assert refusal(SUPERVISOR, folder).startswith(f"The data folder {folder} cannot be used: ")


def test_a_damaged_file_of_keys_is_named(folder: Path) -> None:
    folder.mkdir()
    (folder / "demo.env").write_bytes(b"SECRET_KEY='\xff\xfe'\n")
    assert refusal(SUPERVISOR, folder).startswith(f"{folder}/demo.env cannot be read: ")


def test_a_damaged_database_is_named(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("nonsense\n")
    text = refusal(SUPERVISOR, folder)
    assert str(folder) in text
    assert len(text.splitlines()) <= 2


def test_a_database_that_does_not_answer_is_named(folder: Path) -> None:
    url = f"postgresql://somebody:secret@127.0.0.1:{free_port()}/egzaminator"
    text = refusal(SUPERVISOR, folder, DATABASE_URL=url)
    assert text.startswith("The database does not answer (DATABASE_URL): ")
    assert "secret" not in text

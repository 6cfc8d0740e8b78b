import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypedDict, TypeVar

import django
import pytest

import egzaminator
from egzaminator.runtime.postgres import lock
from egzaminator.runtime.postgres.binaries import find_binaries
from egzaminator.runtime.postgres.layout import Layout, layout_of
from egzaminator.runtime.postgres.users import User, user_of_server

CLIENT = Path(__file__).with_name("client.py")
PACKAGES = os.pathsep.join(str(Path(file).parents[1]) for file in (egzaminator.__file__, django.__file__) if file)
SECONDS = 60
# An ordinary user who can read this checkout and its interpreter, wherever root keeps them.
ORDINARY = "nobody"
_READING = "-all,+dac_read_search"
AS_ORDINARY = (
    "setpriv",
    *("--reuid", ORDINARY, "--regid", str(pwd.getpwnam(ORDINARY).pw_gid), "--clear-groups"),
    *("--inh-caps", _READING, "--ambient-caps", _READING, "--bounding-set", _READING),
)


T = TypeVar("T")


def until(condition: Callable[[], T]) -> T:
    """Wait for the condition to become true and return its value. Fail after a minute."""
    deadline = time.monotonic() + SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return value


def server_is_gone(layout: Layout) -> bool:
    return not lock.is_taken(layout.lock)


class Client:
    """A process that uses the embedded server (client.py). Its stdin takes actions, its stdout answers."""

    def __init__(self, data_dir: Path, *, prefix: tuple[str, ...] = (), **environment: str) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-W", "ignore", str(CLIENT), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGES, **environment},
            start_new_session=True,
        )

    def begin(self, *words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(words).encode() + b"\n")
        self.process.stdin.flush()

    def has_answered(self, *, within: float) -> bool:
        return bool(select.select([self.process.stdout], [], [], within)[0])

    def answer(self) -> Any:
        assert self.has_answered(within=SECONDS), "no answer in time"
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read().decode()
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]

    def do(self, *words: str) -> Any:
        self.begin(*words)
        return self.answer()

    def fail(self, *words: str) -> str:
        """Do an action that fails with an EmbeddedServerError, and return its message."""
        with pytest.raises(AssertionError) as caught:
            self.do(*words)
        kind, _, text = str(caught.value).partition(": ")
        assert kind == "EmbeddedServerError", str(caught.value)
        return text

    def leave(self) -> None:
        """End normally."""
        output, errors = self.process.communicate(timeout=SECONDS)
        assert (self.process.returncode, output, errors) == (0, b"", b"")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.wait(SECONDS)

    def end(self) -> None:
        with self.process as process:
            process.kill()


class Clients(Protocol):
    """Starts clients of a data folder."""

    def __call__(self, folder: Path, *, prefix: tuple[str, ...] = (), **environment: str) -> Client: ...


class ProcessUser(TypedDict, total=False):
    """Arguments of `subprocess` for running as another user."""

    user: int
    group: int
    extra_groups: list[int]


def run_as(user: User) -> ProcessUser:
    """Return the arguments to run a process as `user`: none unless we are root."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that a server has created, used and shut down. Tests leave it as they found it."""
    folder = tmp_path_factory.mktemp("used")
    client = Client(folder)
    try:
        client.do("execute", "CREATE TABLE notes AS SELECT 'kept' AS note")
        client.leave()
    finally:
        client.end()
    assert server_is_gone(layout_of(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def clients(data_dir: Path) -> Iterator[Clients]:
    """Start clients. Afterwards stop them and their servers, and remove every data folder but the shared one."""
    made: list[tuple[Client, Layout]] = []

    def make(folder: Path, *, prefix: tuple[str, ...] = (), **environment: str) -> Client:
        client = Client(folder, prefix=prefix, **environment)
        made.append((client, layout_of(folder)))
        return client

    yield make
    for client, _ in made:
        client.end()
    for _, layout in made:
        until(partial(server_is_gone, layout))
        if layout.root != data_dir:
            shutil.rmtree(layout.socket_folder, ignore_errors=True)
            shutil.rmtree(layout.root, ignore_errors=True)  # pytest keeps its folders, and these are large


@pytest.fixture
def layout(data_dir: Path) -> Layout:
    return layout_of(data_dir)


@pytest.fixture
def hollow(tmp_path: Path) -> Layout:
    """A data folder that looks valid from outside, but holds no database."""
    layout = Layout(tmp_path / "var")
    layout.data.mkdir(mode=0o700, parents=True)
    (layout.data / "PG_VERSION").write_text("16\n", encoding="ascii")
    (layout.data / "base").mkdir()
    if os.geteuid() == 0:
        user = user_of_server(layout.data)
        for path in (layout.data, layout.data / "PG_VERSION"):
            os.chown(path, user.uid, user.gid)
    return layout


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an ordinary user can write to, unlike pytest's own when root runs the tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.fixture
def as_ordinary_user(open_folder: Path) -> tuple[str, ...]:
    """The command prefix that runs a command as an ordinary user. Empty when such a user runs the tests."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None or subprocess.run([*AS_ORDINARY, "true"], check=False).returncode != 0:
        pytest.skip("root may not become an ordinary user here (setpriv with an ambient capability fails)")
    packages = open_folder / "packages"
    offer_programs(packages)
    return (*AS_ORDINARY, "env", f"PYTHONPATH={packages}{os.pathsep}{PACKAGES}")


def offer_programs(packages: Path) -> None:
    """Link PostgreSQL's package where an ordinary user may run it. Elsewhere they may only read it."""
    nobody = pwd.getpwnam(ORDINARY)
    installation = find_binaries(User(uid=nobody.pw_uid, gid=nobody.pw_gid)).parent
    package = packages / installation.parent.name
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / installation.name).symlink_to(installation)
    (packages / f"{package.name}.libs").symlink_to(installation.parent.with_suffix(".libs"))


@pytest.fixture
def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")


@pytest.fixture
def bystander(layout: Layout) -> Iterator[int]:
    """The pid of an unrelated process of the same user as the server."""
    with subprocess.Popen(["sleep", "600"], cwd="/", **run_as(user_of_server(layout.data))) as process:
        yield process.pid
        assert process.poll() is None, "an unrelated process was signalled"
        process.kill()

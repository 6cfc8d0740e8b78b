"""An upgrade or a rollback that is killed, at whatever point, leaves a site that runs, and leads on either way."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.server import NGINX, SERVICES, Made, Server
from tests.helpers.size import whole_or_tenth

pytestmark = pytest.mark.fault

NEXT = Made(
    "0.3.0",
    migrations=("register.0001_initial", "register.0002_wider"),
    nginx=NGINX.replace("1m", "2m"),
    units=("egzaminator-new.timer",),
)
# Each point in `make test-full`, otherwise every seventh.
STRIDE = 7 if whole_or_tenth(10) == 1 else 1


@pytest.fixture
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("copies")


def put_back(server: Server, copy: Path) -> None:
    for path in server.root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(copy, server.root, symlinks=True, dirs_exist_ok=True)


def keep(server: Server, copy: Path) -> Path:
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(server.root, copy, symlinks=True))


def require_running(server: Server) -> None:
    """The link leads to a whole release, and every service runs one of the two."""
    assert server.layout.current().complete.exists()
    assert set(server.running.values()) <= {"0.2.0", "0.3.0"}
    assert set(server.running) == set(SERVICES)


def points(count: int, when: str) -> Iterator[int]:
    """Yield the numbers of the programs at which it is killed: before or after their work."""
    return iter(range(1 if when == "KILL_BEFORE" else 1 + STRIDE // 2, count + 1, STRIDE))


@pytest.mark.parametrize("when", ["KILL_BEFORE", "KILL_AFTER"])
def test_a_killed_upgrade_is_completed_or_undone(server: Server, copies: Path, when: str) -> None:
    before, at_first = server.state, keep(server, copies / "first")
    assert server.upgrade(server.wheel(NEXT)).code == 0
    after, count = server.state, len(server.log)
    for step in points(count, when):
        put_back(server, at_first)
        wheel = server.wheel(NEXT)
        assert server.upgrade(wheel, **{when: str(step)}).code == -signal.SIGKILL
        require_running(server)
        killed = keep(server, copies / "killed")
        is_begun = server.layout.unfinished() is not None

        again = server.upgrade(wheel)
        assert (again.code, again.words, server.state) == (0, "", after), step

        put_back(server, killed)
        back = server.rollback()
        words = "" if is_begun else "\nThere is no release before 0.2.0 here. Nothing was changed.\n"
        assert (back.words, server.state) == (words, before), step


@pytest.mark.parametrize("when", ["KILL_BEFORE", "KILL_AFTER"])
def test_a_killed_rollback_is_completed_or_undone(server: Server, copies: Path, when: str) -> None:
    before = server.state
    wheel = server.wheel(NEXT)
    assert server.upgrade(wheel).code == 0
    (server.root / "log").write_text("")
    after, upgraded = server.state, keep(server, copies / "upgraded")
    assert server.rollback().code == 0
    assert server.state == before
    count = len(server.log)
    for step in points(count, when):
        put_back(server, upgraded)
        assert server.rollback(**{when: str(step)}).code == -signal.SIGKILL
        require_running(server)
        killed = keep(server, copies / "killed")
        is_begun = server.layout.unfinished() is not None

        again = server.rollback()
        assert (again.code, again.words, server.state) == (0, "", before), step

        put_back(server, killed)
        forward = server.upgrade(wheel)
        words = "" if is_begun else "\n0.3.0 is what runs. Nothing was changed.\n"
        assert (forward.words, server.state) == (words, after), step

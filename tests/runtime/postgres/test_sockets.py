import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from egzaminator.runtime import postgres
from egzaminator.runtime.postgres import sockets
from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.layout import Layout
from egzaminator.runtime.postgres.server import is_running
from egzaminator.runtime.postgres.users import User, user_of_server


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Layout]:
    """A layout with a path too long for a socket, which must be elsewhere."""
    layout = Layout(tmp_path / ("d" * 150))
    yield layout
    if layout.socket_folder.is_symlink() or layout.socket_folder.is_file():
        layout.socket_folder.unlink()
    shutil.rmtree(layout.socket_folder, ignore_errors=True)


def open_to_others(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def link(folder: Path) -> None:
    folder.symlink_to("/")


def file(folder: Path) -> None:
    folder.touch(mode=0o700)


def somebody_elses(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    folder.mkdir(mode=0o700)
    os.chown(folder, 54321, 54321)


@pytest.mark.parametrize("plant", [open_to_others, link, file, somebody_elses])
def test_a_folder_made_by_others_is_neither_used_nor_connected_to(far: Layout, plant: Callable[[Path], None]) -> None:
    plant(far.socket_folder)
    expected = (
        f"{far.socket_folder}, where the database's socket belongs, was not made by this program. "
        f"Remove it, or move DATA_DIR to a shorter path ({far.root})."
    )
    for attempt in (postgres.hold, is_running):
        with pytest.raises(EmbeddedServerError) as caught:
            attempt(far.root)
        assert str(caught.value) == expected


def test_our_folder_is_made_once_and_for_the_servers_user_alone(far: Layout) -> None:
    user = user_of_server(far.data)
    for _ in range(2):
        sockets.make_folder(far, user)
        found = far.socket_folder.lstat()
        assert (found.st_uid, found.st_mode & 0o777) == (user.uid, 0o700)


@pytest.mark.usefixtures("needs_root")
def test_a_root_that_was_killed_while_making_it_goes_on(far: Layout) -> None:
    far.socket_folder.mkdir(mode=0o700)
    sockets.require_trusted_folder(far, User(54321, 54321))
    sockets.make_folder(far, User(54321, 54321))
    assert far.socket_folder.lstat().st_uid == 54321

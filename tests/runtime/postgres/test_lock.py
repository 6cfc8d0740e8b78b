import os
import subprocess
from pathlib import Path

import pytest

from egzaminator.runtime.postgres import lock
from egzaminator.runtime.postgres.users import User

ME = User(os.geteuid(), os.getegid())


def test_only_one_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not lock.is_taken(path)
    with lock.taken(path, ME) as first:
        assert first is not None
        assert lock.is_taken(path)
        with lock.taken(path, ME) as second:
            assert second is None
    assert not lock.is_taken(path)


def test_it_is_held_as_long_as_a_process_that_inherited_it_lives(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock.taken(path, ME) as file:
        assert file is not None
        heir = subprocess.Popen(["sh", "-c", "cat; true"], stdin=subprocess.PIPE, pass_fds=(file,))
    with heir:
        assert lock.is_taken(path)
        with lock.taken(path, ME) as second:
            assert second is None
    assert not lock.is_taken(path)


def test_a_fork_holds_nothing(tmp_path: Path) -> None:
    with lock.taken(tmp_path / "lock", ME) as file:
        assert file is not None
        child = os.fork()
        if child == 0:
            try:
                os.fstat(file)
            except OSError:
                os._exit(0)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_lock_file_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="Too many levels of symbolic links"), lock.taken(tmp_path / "lock", ME):
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.usefixtures("needs_root")
def test_the_file_is_the_servers_users(tmp_path: Path) -> None:
    with lock.taken(tmp_path / "lock", User(12345, 6789)):
        found = (tmp_path / "lock").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (12345, 6789, 0o600)

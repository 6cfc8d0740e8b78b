import os
import pwd
from pathlib import Path

import pytest

from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.users import User, user_of_server


def test_an_ordinary_user_runs_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 56)
    assert user_of_server(tmp_path) == User(1234, 56)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"postgres": (101, 104), "nobody": (65534, 65534)}, User(101, 104)),
        ({"nobody": (65534, 65534)}, User(65534, 65534)),
    ],
)
def test_roots_server_runs_as_postgres_or_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: dict[str, tuple[int, int]], expected: User
) -> None:
    def find(name: str) -> pwd.struct_passwd:
        uid, gid = known[name]
        return pwd.struct_passwd((name, "x", uid, gid, "", "/", "/bin/false"))

    monkeypatch.setattr(pwd, "getpwnam", find)
    assert user_of_server(tmp_path / "missing") == expected


@pytest.mark.usefixtures("root")
def test_without_either_root_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwnam", {}.__getitem__)
    with pytest.raises(EmbeddedServerError) as caught:
        user_of_server(tmp_path / "missing")
    assert str(caught.value) == (
        "PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody` to run it as. "
        "Run the program as an ordinary user, or set DATABASE_URL."
    )


@pytest.mark.usefixtures("needs_root")
@pytest.mark.parametrize(
    ("uid", "gid"), [(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid), (54321, 54321)]
)
def test_roots_server_runs_as_the_folders_owner(tmp_path: Path, uid: int, gid: int) -> None:
    os.chown(tmp_path, uid, 0)
    assert user_of_server(tmp_path) == User(uid, gid)

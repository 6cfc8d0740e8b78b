import os
from pathlib import Path

import pytest

from egzaminator.runtime import postgres
from egzaminator.runtime.postgres.layout import SOCKET_NAME, Layout, layout_of

SHARED = "/tmp"  # noqa: S108 -- the one that all processes know


def test_settings_name_the_server_and_start_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    assert postgres.database_settings(data_dir) == {
        "ENGINE": "egzaminator.runtime.postgres.backend",
        "NAME": "egzaminator",
        "USER": "egzaminator",
        "HOST": f"{data_dir}/postgres",
        "PORT": "5432",
        "DATA_DIR": str(data_dir),
    }
    assert not data_dir.exists()


def test_everything_lies_in_the_data_dir(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    assert layout.data == tmp_path / "postgres"
    assert layout.unfinished == tmp_path / "postgres.new"
    assert layout.lock == tmp_path / "postgres.lock"
    assert layout.log == tmp_path / "postgres.log"
    assert layout.socket_folder == layout.data


@pytest.mark.parametrize(
    ("root", "folder"),
    [
        pytest.param(f"/{'d' * 83}", f"/{'d' * 83}/postgres", id="107-bytes"),
        pytest.param(f"/{'d' * 84}", f"{SHARED}/egzaminator-b1416f56a9cd2b81", id="108-bytes"),
        pytest.param(f"/d{'ż' * 41}", f"/d{'ż' * 41}/postgres", id="107-bytes-of-fewer-letters"),
        pytest.param(f"/{'ż' * 42}", f"{SHARED}/egzaminator-2442678035aaab6f", id="108-bytes-of-fewer-letters"),
        pytest.param("/a,b", f"{SHARED}/egzaminator-b22ecee81c61c42b", id="comma"),
    ],
)
def test_the_socket_lies_in_the_data_folder_where_its_path_can_be_said(root: str, folder: str) -> None:
    found = Layout(Path(root)).socket_folder
    assert str(found) == folder
    assert len(os.fsencode(found / SOCKET_NAME)) <= 107


def test_two_names_of_one_folder_give_the_same_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 150)
    folder.mkdir()
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert layout_of(link) == layout_of(folder)
    assert layout_of(link).socket_folder == layout_of(folder).socket_folder


def test_other_temporary_folders_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(Path("/") / ("d" * 150))
    before = layout.socket_folder
    monkeypatch.setenv("TMPDIR", "/var/tmp")  # noqa: S108 -- a value that must not be used
    assert layout.socket_folder == before

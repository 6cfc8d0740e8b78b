from pathlib import Path

import pytest

from egzaminator.runtime.postgres import disk


def test_a_folder_is_synced(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    disk.sync(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_only_folders_are(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        disk.sync(tmp_path / "file")

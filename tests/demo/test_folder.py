import os
from pathlib import Path

import pytest

from egzaminator.demo.errors import DemoError
from egzaminator.demo.folder import data_folder


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with data_folder(folder):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_mode_of_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with data_folder(tmp_path):
        assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_one_demo_at_a_time(tmp_path: Path) -> None:
    with data_folder(tmp_path):
        with pytest.raises(DemoError, match=rf"is running already \(process {os.getpid()}\)"), data_folder(tmp_path):
            pass
        # The refused demo has removed nothing.
        with pytest.raises(DemoError, match="is running already"), data_folder(tmp_path):
            pass
    with data_folder(tmp_path):
        pass


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "demo.lock").symlink_to(tmp_path / "victim")

    with pytest.raises(DemoError, match="cannot be used"), data_folder(tmp_path):
        pass

    assert (tmp_path / "victim").read_text() == "precious"

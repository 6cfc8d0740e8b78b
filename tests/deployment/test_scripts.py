"""What the scripts decide themselves: whether the files are those of the release, and who may start it."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from egzaminator.deployment import rollback, upgrade

DEPLOY = Path(__file__).parents[2] / "deploy"
WHEEL = "egzaminator-0.3.0-py3-none-any.whl"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / WHEEL).write_text("a wheel")
    (tmp_path / "requirements.txt").write_text("django\n")
    write_sums(tmp_path, WHEEL, "requirements.txt")
    return tmp_path


def write_sums(dist: Path, *names: str) -> None:
    sums = [f"{hashlib.sha256((dist / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (dist / "SHA256SUMS").write_text("".join(sums))


def refusal(*arguments: str | Path) -> str:
    result = subprocess.run(
        ["sh", DEPLOY / "upgrade", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert (result.returncode, result.stdout) == (1, "")
    return result.stderr


def test_it_says_how_it_is_started() -> None:
    assert refusal() == "Usage: sh upgrade egzaminator-X.Y.Z-py3-none-any.whl\n"
    assert refusal("/nowhere.whl") == "There is no file /nowhere.whl.\n"


@pytest.mark.parametrize("name", [WHEEL, "requirements.txt"])
def test_another_file_than_the_released_one_is_not_started(dist: Path, name: str) -> None:
    (dist / name).write_text("of somebody else")

    words = refusal(dist / WHEEL)

    assert f"{name} is not the one that was released. Nothing was changed." in words
    assert "Copy the whole folder dist/ here again." in words


@pytest.mark.parametrize("name", [WHEEL, "requirements.txt"])
def test_a_file_without_a_sum_is_not_started(dist: Path, name: str) -> None:
    write_sums(dist, *({WHEEL, "requirements.txt"} - {name}))

    assert refusal(dist / WHEEL) == (
        f"SHA256SUMS, beside the wheel, does not name {name}. Copy the whole folder dist/ here again.\n"
    )


def test_what_was_released_is_started(dist: Path) -> None:
    assert "Error" in refusal(dist / WHEEL)  # Python, which finds no package in this wheel


@pytest.mark.parametrize("main", [upgrade.main, rollback.main])
def test_root_alone_may(main: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert callable(main)

    with pytest.raises(SystemExit, match=r"^\nOnly root can .* the service\. Log in as root"):
        main()

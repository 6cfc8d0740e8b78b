import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from environs import EnvError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from egzaminator.accounts.passwords import PasswordProblem, PasswordRefusedError, check_password
from egzaminator.core.leaked_passwords import is_leaked
from egzaminator.runtime.environment import parse_leak_list

LEAKED = "sernik wieloryb deska kubek"


def line_of(password: str, count: int = 3) -> str:
    return f"{hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()}:{count}"


def write_list(path: Path, *passwords: str, end: str = "\n") -> Path:
    path.write_bytes("".join(f"{line}{end}" for line in sorted(line_of(one) for one in passwords)).encode())
    return path


@examples(max_examples=40, deadline=None)
@given(
    passwords=st.sets(st.text(alphabet=st.characters(codec="utf-8"), max_size=5), min_size=1, max_size=30),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_in_the_list_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, passwords: set[str], end: str
) -> None:
    path = write_list(tmp_path_factory.mktemp("list") / "leaked.txt", *passwords, end=end)
    assert parse_leak_list(str(path)) == path
    assert all(is_leaked(one, path=path) for one in passwords)
    assert not any(is_leaked(f"{one} no", path=path) for one in passwords)


def test_a_list_in_lower_case_and_without_a_last_line_end_will_do(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(line_of(LEAKED).lower())
    assert is_leaked(LEAKED, path=path)


def test_it_is_searched_and_not_read(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list", *(str(number) for number in range(5_000)))
    with path.open("r+b") as file:  # damages everything except the path of the binary search
        file.seek(path.stat().st_size // 3)
        file.write(b"x" * 1_000)
    wanted = max((str(number) for number in range(5_000)), key=line_of)
    assert is_leaked(wanted, path=path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is empty"),
        ("123456\npassword\n", "is not a list of lines `SHA-1:count`"),
        ("x" * 1000, "is not a list of lines `SHA-1:count`"),
        (f"{'F' * 40}:1\n{'0' * 40}:1\n", "is not ordered by hash"),
        (f"{'0' * 40}\n", "is not a list of lines `SHA-1:count`"),
        (f"{'0' * 32}:1\n", "is not a list of lines `SHA-1:count`"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "list"
    path.write_text(content)
    with pytest.raises(EnvError, match=problem):
        parse_leak_list(str(path))


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvError, match="cannot be read: No such file or directory"):
        parse_leak_list(str(tmp_path / "none"))
    with pytest.raises(EnvError, match="cannot be read: Is a directory"):
        parse_leak_list(str(tmp_path))


def test_the_start_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAKED_PASSWORDS_FILE", str(tmp_path / "none"))
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 1
    assert f"  LEAKED_PASSWORDS_FILE: {tmp_path}/none cannot be read: No such file or directory" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_leaked_password_is_refused_whichever_way_it_is_typed(settings: Settings, tmp_path: Path) -> None:
    password = "zażółć gęślą jaźń kubkiem"
    check_password(password, context_words=[])
    settings.LEAKED_PASSWORDS_FILE = write_list(tmp_path / "list", password)
    for typed in (password, "zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301 kubkiem"):
        with pytest.raises(PasswordRefusedError) as refused:
            check_password(typed, context_words=[])
        assert refused.value.reasons == (PasswordProblem.LEAKED,)
    check_password(LEAKED, context_words=[])


def test_a_list_that_went_away_stops_nobody(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LEAKED_PASSWORDS_FILE = tmp_path / "list"
    check_password(LEAKED, context_words=[])
    assert "LEAKED_PASSWORDS_FILE cannot be searched" in caplog.text
    assert LEAKED not in caplog.text

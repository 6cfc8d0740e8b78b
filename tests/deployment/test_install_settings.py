import grp
import os
import stat
import subprocess
from pathlib import Path

import pytest

from egzaminator.deployment.install_answers import parse_lines
from egzaminator.deployment.install_settings import known_answers, write_answers, write_backup_key, write_settings
from egzaminator.runtime.environment import parse_key, parse_keys, parse_mail_server, parse_recipients

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="files of root's")
GROUP = grp.getgrgid(os.getgid()).gr_name
EXAMPLE = Path(__file__).parents[2] / "deploy" / "environment.example"
ANSWERS = {
    "HOST": "konta.oke.example",
    "EMAIL_URL": 'smtps://board:a$b%20"`c\\d@poczta.oke.example',
    "BOARD_EMAIL": "sekretariat@oke.example",
    "BOARD_PHONE": "22 536 65 00",
    "ADMINISTRATOR_EMAIL": "jan@oke.example",
    "ADMINISTRATOR_NAME": "Jan Nowak",
    "CERTIFICATE": "certbot",
    "CERTIFICATE_KEY": "",
    "BACKUP_RECIPIENT": "",
}


def write(folder: Path, **changed: str) -> dict[str, str]:
    machine_key, _ = write_backup_key(folder)
    write_settings(ANSWERS | changed, machine_key=machine_key, folder=folder, group=GROUP)
    return parse_lines((folder / "environment").read_text())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_each_key_is_fresh_and_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = write(tmp_path), write(tmp_path / "other")
    keys = []
    for settings in (first, second):
        (encryption,) = parse_keys(settings["ENCRYPTION_KEYS"]).values()
        keys += [encryption, parse_key(settings["BLIND_INDEX_KEY"]), settings["SECRET_KEY"]]
        assert len(settings["SECRET_KEY"]) >= 50
    assert len(set(keys)) == 6


def test_secrets_are_for_root_and_the_service(tmp_path: Path) -> None:
    write(tmp_path)
    write_answers(ANSWERS, tmp_path)
    modes = {path.name: mode(path) for path in tmp_path.iterdir()}
    assert modes == {"environment": 0o640, "backup-key": 0o600, "installation": 0o644}
    assert "poczta" not in (tmp_path / "installation").read_text()


def test_the_shell_reads_what_was_answered(tmp_path: Path) -> None:
    write(tmp_path)
    told = subprocess.run(
        ["sh", "-c", f'. {tmp_path}/environment && printf %s "$EMAIL_URL"'], capture_output=True, text=True, check=True
    )
    assert told.stdout == ANSWERS["EMAIL_URL"]
    assert parse_mail_server(told.stdout).password == 'a$b "`c\\d'


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    first = write(tmp_path)
    before = (tmp_path / "environment").stat()
    assert write(tmp_path, EMAIL_URL="smtps://other", HOST="inne.oke.example") == first
    assert (tmp_path / "environment").stat() == before


def test_what_is_set_stays_and_what_is_empty_is_filled(tmp_path: Path) -> None:
    """So the example can be copied, and the settings that 0.1 left keep their keys."""
    kept = "ENCRYPTION_KEYS=old:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n# of ours\nMAIL_RATE=60\n"
    (tmp_path / "environment").write_text(kept + "SECRET_KEY=\n")
    settings = write(tmp_path)
    text = (tmp_path / "environment").read_text()
    assert text.startswith(kept)
    assert text.count("SECRET_KEY=") == 1
    assert settings["SECRET_KEY"]
    assert settings["MAIL_RATE"] == "60"


def test_backups_are_for_the_administrator_and_the_machine(tmp_path: Path) -> None:
    theirs = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    machine_key, is_new = write_backup_key(tmp_path)
    assert is_new
    settings = write(tmp_path, BACKUP_RECIPIENT=theirs)
    assert parse_recipients(settings["BACKUP_RECIPIENTS"]) == [theirs, machine_key]
    assert write_backup_key(tmp_path) == (machine_key, False)


def test_the_next_run_knows_the_answers(tmp_path: Path) -> None:
    assert known_answers(tmp_path) == {}
    write(tmp_path)
    write_answers(ANSWERS, tmp_path)
    assert known_answers(tmp_path) == ANSWERS


def test_the_example_has_the_same_settings(tmp_path: Path) -> None:
    example = set(parse_lines(EXAMPLE.read_text()))
    assert set(write(tmp_path)) == example - {"BOUNCE_MAILBOX_URL"}  # which nobody has yet

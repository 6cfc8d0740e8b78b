from pathlib import Path

import pytest

from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.install_answers import QUESTIONS, parse_lines, read_answers

PAGE = Path(__file__).parents[2] / "docs" / "production.md"
GIVEN = {
    "HOST": "konta.oke.example",
    "EMAIL_URL": "smtps://board:secret@poczta.oke.example",
    "BOARD_EMAIL": "sekretariat@oke.example",
    "BOARD_PHONE": "22 536 65 00",
    "ADMINISTRATOR_EMAIL": "jan@oke.example",
    "ADMINISTRATOR_NAME": "Jan Nowak",
}


def file_with(tmp_path: Path, **values: str) -> Path:
    file = tmp_path / "answers"
    file.write_text("# of the board\n\n" + "".join(f"{name}='{value}'\n" for name, value in (GIVEN | values).items()))
    file.chmod(0o600)
    return file


def test_a_file_answers_and_what_may_be_left_out_has_its_default(tmp_path: Path) -> None:
    assert read_answers(file_with(tmp_path), known={}) == GIVEN | {
        "CERTIFICATE": "certbot",
        "CERTIFICATE_KEY": "",
        "BACKUP_RECIPIENT": "",
    }


def test_an_earlier_run_answers_too_and_the_file_comes_first(tmp_path: Path) -> None:
    assert read_answers(None, known=GIVEN)["HOST"] == "konta.oke.example"
    assert read_answers(file_with(tmp_path, HOST="inne.oke.example"), known=GIVEN)["HOST"] == "inne.oke.example"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HOST", "https://konta.oke.example", "without https://"),
        ("HOST", "konta", "a host name"),
        ("HOST", "konta.oke.example;evil", "a host name"),
        ("EMAIL_URL", "http://poczta", "use smtp://host:port"),
        ("EMAIL_URL", "smtps://a:b%27'@poczta", "write the signs"),
        ("BOARD_EMAIL", "Sekretariat <a@oke.example>", "an e-mail address alone"),
        ("BOARD_PHONE", "dzwoń", "digits and spaces"),
        ("ADMINISTRATOR_NAME", "J", "a first name and a surname"),
        ("CERTIFICATE", "server.pem", "the whole path"),
        ("CERTIFICATE", "/nowhere/server.pem", "there is no file /nowhere/server.pem"),
        ("CERTIFICATE", __file__, "CERTIFICATE_KEY: the private key"),
        ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1", "public keys of age"),
        ("HOST", "", "HOST: it is not there"),
    ],
)
def test_wrong_answers_are_named_with_what_is_wanted(tmp_path: Path, name: str, value: str, words: str) -> None:
    file = tmp_path / "answers"
    file.write_text("".join(f'{key}="{text}"\n' for key, text in (GIVEN | {name: value}).items()))
    file.chmod(0o600)
    with pytest.raises(DeploymentError) as refused:
        read_answers(file, known={})
    assert words in str(refused.value)
    assert str(file) in str(refused.value)


def test_all_wrong_answers_are_named_at_once_and_without_their_values(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError) as refused:
        read_answers(file_with(tmp_path, HOST="x", EMAIL_URL="smtp://u:tajne#@h"), known={})
    assert str(refused.value).count("\n  ") == 2
    assert "tajne" not in str(refused.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = file_with(tmp_path)
    file.chmod(0o640)
    with pytest.raises(DeploymentError, match="chmod 600"):
        read_answers(file, known={})


@pytest.mark.parametrize(
    ("line", "words"), [("HOSTNAME=x\n", "HOSTNAME"), ("BOARD_PHONE=22 536\n", "line 9"), ("HOST='x\n", "line 9")]
)
def test_slips_in_the_file_are_named(tmp_path: Path, line: str, words: str) -> None:
    file = file_with(tmp_path)
    with file.open("a") as more:
        more.write(line)
    with pytest.raises(DeploymentError, match=words):
        read_answers(file, known={})


def test_without_a_terminal_nobody_is_asked() -> None:
    with pytest.raises(DeploymentError, match="give them in a terminal, or in a file"):
        read_answers(None, known={})


def test_the_page_shows_a_file_with_every_answer() -> None:
    below = PAGE.read_text().partition("### The answers\n")[2]
    sample = parse_lines(below.partition("```sh\n")[2].partition("```")[0])
    assert list(sample) == [question.name for question in QUESTIONS]

"""What the installation must be told: asked in the terminal, or taken from a file."""

import getpass
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from environs import EnvError

from egzaminator.deployment.errors import DeploymentError
from egzaminator.runtime.environment import parse_mail_server, parse_recipients

CERTBOT: Final = "certbot"
_NOT_SHOWN: Final = "EMAIL_URL"
_HOST: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_MAILBOX: Final = re.compile(r"[^\s@<>\"',;]{1,64}@(?=.{4,253}$)([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ]{6,18}[0-9]")


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that the installation must be told."""

    name: str
    text: str
    check: Callable[[str], None]
    """Raise `ValueError` with what is wrong."""
    default: str | None = None
    """What an empty answer means; None: it has to be answered."""


def _matches(pattern: re.Pattern[str], wrong: str) -> Callable[[str], None]:
    def check(answer: str) -> None:
        if not pattern.fullmatch(answer):
            raise ValueError(wrong)

    return check


def _check_relay(answer: str) -> None:
    try:
        parse_mail_server(answer)
    except EnvError as error:
        raise ValueError(str(error)) from None
    if "'" in answer or not answer.isprintable():
        raise ValueError("write the signs ' and % and those of other alphabets as % and two hexadecimal digits")


def _check_certificate(answer: str) -> None:
    if answer == CERTBOT:
        return
    if not Path(answer).is_absolute():
        raise ValueError("certbot, or the whole path of a file")
    _check_file(answer)


def _check_file(answer: str) -> None:
    if answer and not Path(answer).is_file():
        raise ValueError(f"there is no file {answer}")


def _check_recipient(answer: str) -> None:
    try:
        recipients = parse_recipients(answer)
    except EnvError as error:
        raise ValueError(str(error)) from None
    if len(recipients) > 1:
        raise ValueError("one public key; more can be written into the settings later")


_MAILBOX_ONLY: Final = "an e-mail address alone, such as jan.kowalski@oke.example.pl"
QUESTIONS: Final = [
    Question(
        "HOST",
        "Host name of the site, as visitors type it (konta.example.pl)",
        _matches(_HOST, "a host name in lower-case letters, without https://"),
    ),
    Question(_NOT_SHOWN, "Mail server (smtp+starttls://user:password@host:587; not shown)", _check_relay),
    Question("BOARD_EMAIL", "The board's mailbox", _matches(_MAILBOX, _MAILBOX_ONLY)),
    Question("BOARD_PHONE", "The board's phone", _matches(_PHONE, "digits and spaces, such as 61 854 01 60")),
    Question("ADMINISTRATOR_EMAIL", "E-mail of the first administrator", _matches(_MAILBOX, _MAILBOX_ONLY)),
    Question(
        "ADMINISTRATOR_NAME",
        "First name and surname of the first administrator",
        _matches(re.compile(r"\S.*\S"), "a first name and a surname"),
    ),
    Question("CERTIFICATE", "Certificate: certbot, or the file with yours and its chain", _check_certificate, CERTBOT),
    Question("CERTIFICATE_KEY", "Private key of your certificate (not for certbot)", _check_file, ""),
    Question("BACKUP_RECIPIENT", "The administrator's public key of age, for backups", _check_recipient, ""),
]


def read_answers(file: Path | None, *, known: Mapping[str, str]) -> dict[str, str]:
    """Return an answer to each question: from the file, from what is known of an earlier run, or from the terminal.

    Raise `DeploymentError` if the file is not as it has to be, or nobody answers.
    """
    given = dict(known) | (_read_file(file) if file else {})
    problems = []
    for question in QUESTIONS:
        if question.name not in given and file is None and sys.stdin.isatty():
            given[question.name] = _ask(question)
        answer = given.setdefault(question.name, question.default or "")
        if problem := _problem(question, answer):
            problems.append(f"  {question.name}: {problem}")
    if given["CERTIFICATE"] != CERTBOT and not given["CERTIFICATE_KEY"]:
        problems.append("  CERTIFICATE_KEY: the private key of your certificate belongs to it")
    if problems:
        where = f"in {file}" if file else "are missing: give them in a terminal, or in a file (docs/production.md)"
        raise DeploymentError("\n".join([f"These answers need attention, {where}:", *problems]))
    return given


def _problem(question: Question, answer: str) -> str:
    if not answer:
        return "" if question.default is not None else "it is not there"
    try:
        question.check(answer)
    except ValueError as error:
        return str(error)
    return ""


def _ask(question: Question) -> str:
    hint = "" if question.default is None else f" [{question.default or 'none'}]"
    prompt = f"{question.text}{hint}: "
    while True:
        try:
            answer = getpass.getpass(prompt) if question.name == _NOT_SHOWN else input(prompt)
        except EOFError:
            raise DeploymentError("Nobody answered. Start it in a terminal, or give the answers in a file.") from None
        answer = answer.strip() or (question.default or "")
        problem = _problem(question, answer)
        if not problem:
            return answer
        print(f"  {problem}")  # noqa: T201 -- a conversation in a terminal


def _read_file(file: Path) -> dict[str, str]:
    if file.stat().st_mode & 0o077:
        raise DeploymentError(f"{file} holds the password of the mail server, and others may read it: chmod 600 {file}")
    try:
        given = parse_lines(file.read_text())
    except ValueError as error:
        raise DeploymentError(f"{file} cannot be read: {error}") from None
    if unknown := set(given) - {question.name for question in QUESTIONS}:
        raise DeploymentError(f"{file} answers what is not asked: {', '.join(sorted(unknown))}. Look for a slip.")
    return given


def parse_lines(text: str) -> dict[str, str]:
    """Return the values of `NAME=value` lines, as a shell reads them. Raise `ValueError` if a line is none."""
    values = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            words = ["'"]
        if not words:
            continue
        name, separator, value = words[0].partition("=")
        if len(words) > 1 or not separator:
            raise ValueError(f"line {number} is not NAME=value; put a value with a space into quotes")
        values[name] = value
    return values

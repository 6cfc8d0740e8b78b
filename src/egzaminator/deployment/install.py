"""The second half of `deploy/install`, in the release's own Python: everything that Debian's packages do not bring.

`python -m egzaminator.deployment.install [ANSWERS]`, as root. Each step looks first and changes only what is missing.
"""

import http.client
import os
import socket
import ssl
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from egzaminator.deployment import install_files
from egzaminator.deployment.commands import run
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.install_answers import parse_lines, read_answers
from egzaminator.deployment.install_certificate import have_certificate
from egzaminator.deployment.install_database import LOCAL_URL, make_database
from egzaminator.deployment.install_report import describe_end
from egzaminator.deployment.install_settings import (
    FOLDER,
    known_answers,
    write_answers,
    write_backup_key,
    write_settings,
)
from egzaminator.deployment.machine import USER, make_folder, make_link, make_user, run_ours

_CURRENT: Final = Path("/opt/egzaminator/current")
_READY_WITHIN: Final = 120.0  # seconds
_ALREADY: Final = "well"
_NOT_STARTED: Final = (
    "A service did not start. Look at `journalctl -u 'egzaminator-*' -n 50`. When it is mended, start this again."
)
_NGINX_REFUSES: Final = "nginx does not take its configuration, /etc/nginx/conf.d/egzaminator.conf, and names the line."


def main() -> None:
    """Install, and exit with 1 and words for the administrator if it cannot go on."""
    os.umask(0o022)
    try:
        install(Path(sys.argv[1]) if sys.argv[1:] else None)
    except DeploymentError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)


def install(file: Path | None) -> None:
    """Do every step that is not done. Raise `DeploymentError`."""
    answers = read_answers(file, known=known_answers())
    _say("user and folders", ["user egzaminator"] if make_user() else [])
    make_folder(FOLDER, mode=0o755)
    make_folder(Path("/var/lib/egzaminator"), mode=0o700, owner=USER)
    make_folder(Path("/var/backups/egzaminator"), mode=0o700, owner=USER)
    machine_key, is_key_new = write_backup_key()
    new = write_settings(answers, machine_key=machine_key)
    write_answers(answers)
    _say("settings and keys", [*(["backup-key"] if is_key_new else []), *new])
    settings = parse_lines((FOLDER / "environment").read_text())
    _say("database", make_database() if settings["DATABASE_URL"] == LOCAL_URL else [])

    release = Path(sys.prefix)
    _say("current release", [release.name] if make_link(_CURRENT, Path("releases") / release.name) else [])
    is_certificate_new = have_certificate(answers)
    placed = install_files.place_files(release / "deploy", answers=answers)
    for command in (["check", "--deploy", "--fail-level", "WARNING"], ["migrate", "--verbosity", "0"], ["load_pages"]):
        _require(*command)
    _require("update_index", "--verbosity", "0")
    _say("database's schema and pages", [])
    _say("units and nginx", [*placed.units, *(["nginx"] if placed.is_nginx_new else [])])
    _start(
        install_files.started_units(release / "deploy"),
        placed,
        is_nginx_stale=placed.is_nginx_new or is_certificate_new,
    )
    _wait_until_ready(answers["HOST"])
    _say("the site answers by https", [])

    is_first = _open_board(answers)
    _say("first administrator", ["invited by e-mail"] if is_first else [])
    if is_first:
        # Not in the night and on Sunday: whether there are backups, and whether they open, is seen now.
        for unit in ("egzaminator-backup.service", "egzaminator-drill.service"):
            run("systemctl", "start", unit, otherwise=f"{unit} failed. Its log: journalctl -u {unit} -n 50")
        _say("first backup, and its drill", [])
    # The test message goes once: what is well already is not tried again on people.
    _, mail = run_ours("check_mail", *([answers["BOARD_EMAIL"]] if is_first else []))
    print(describe_end(answers, settings, mail=mail))  # noqa: T201 -- the report is what it ends with


def _say(step: str, changed: Iterable[str]) -> None:
    print(f"{step}: {', '.join(changed) or _ALREADY}", flush=True)  # noqa: T201 -- a conversation in a terminal


def _require(*command: str) -> None:
    code, told = run_ours(*command)
    if code:
        raise DeploymentError(
            f"`egzaminator {' '.join(command)}` says:\n{told}\n"
            "Mend what it names (the settings are in /etc/egzaminator/environment), and start this again."
        )


def _start(units: list[str], placed: install_files.Placed, *, is_nginx_stale: bool) -> None:
    if placed.units:
        run("systemctl", "daemon-reload", otherwise="systemd did not read the units.")
    run("systemctl", "enable", "--now", "--quiet", *units, otherwise=_NOT_STARTED)
    if is_nginx_stale:
        run("nginx", "-t", "-q", otherwise=_NGINX_REFUSES)
    run("systemctl", "enable", "--now", "--quiet", "nginx", otherwise=_NGINX_REFUSES)
    if is_nginx_stale:
        run("systemctl", "reload", "nginx", otherwise=_NGINX_REFUSES)


def _wait_until_ready(host: str) -> None:
    until = time.monotonic() + _READY_WITHIN
    while (told := _ask_ready(host)) not in {"ok", "degraded"}:
        if time.monotonic() > until:
            raise DeploymentError(
                f"The site does not answer at https://{host}/readyz on this machine: {told}\n"
                "Look at `egzaminator status` and `journalctl -u 'egzaminator-*' -n 50`, and start this again."
            )
        time.sleep(0.5)


def _ask_ready(host: str) -> str:
    # Whether browsers trust the certificate is the business of `status`; DNS may not know the host yet.
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection(("127.0.0.1", 443), timeout=10) as plain,
            trusting.wrap_socket(plain, server_hostname=host) as secure,
        ):
            secure.sendall(f"GET /readyz HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            answer = http.client.HTTPResponse(secure)
            answer.begin()
            return answer.read(100).decode().partition("\n")[0].strip()
    except (OSError, http.client.HTTPException) as error:
        return str(error)


def _open_board(answers: dict[str, str]) -> bool:
    code, told = run_ours(
        "open_board",
        *("--email", answers["BOARD_EMAIL"], "--phone", answers["BOARD_PHONE"]),
        *("--administrator", answers["ADMINISTRATOR_EMAIL"], "--name", answers["ADMINISTRATOR_NAME"]),
    )
    if code:
        raise DeploymentError(f"`egzaminator open_board` says:\n{told}\nCorrect the answer, and start this again.")
    return "invited" in told


if __name__ == "__main__":
    main()

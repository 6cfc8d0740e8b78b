"""The end of an installation: what is well, and what is left to the administrator."""

from collections.abc import Mapping
from typing import Final

from egzaminator.deployment.install_answers import CERTBOT
from egzaminator.deployment.machine import run_ours

_KEYS: Final = (
    "Print the keys of the data and lock them away, or every backup is worthless without this disk: "
    "egzaminator show_keys --paper"
)
_BOARD: Final = (
    "In the panel, „Ustawienia”, „Dane komisji i wygląd serwisu”: the board's name, address and voivodeships. Let the "
    "board read the information clause and the accessibility declaration: they speak in its name."
)
_REGISTER: Final = "Import the register: egzaminator import_register FILE --dry-run, then without --dry-run."
_SECOND: Final = "Invite a second administrator in the panel, so that one can help the other."


def describe_end(answers: Mapping[str, str], settings: Mapping[str, str], *, mail: str) -> str:
    """Return the service's status, what DNS has to publish and what else is left, as text."""
    _, status = run_ours("status")
    left = left_to_do(answers, settings)
    return "\n".join(
        [
            *("", "How the service is (egzaminator status):", status),
            *("", "E-mail and DNS (egzaminator check_mail):", mail),
            *("", "What is left to you:"),
            *(f"{number}. {line}" for number, line in enumerate(left, 1)),
        ]
    )


def left_to_do(answers: Mapping[str, str], settings: Mapping[str, str]) -> list[str]:
    """Return what no program can do for the administrator, in the order of what its lack would cost."""
    left = [_KEYS]
    if not answers["BACKUP_RECIPIENT"] and "," not in settings.get("BACKUP_RECIPIENTS", ""):
        left.append(
            "Only this machine can open its backups. Make a key elsewhere (age-keygen) and add its public key to "
            "BACKUP_RECIPIENTS in /etc/egzaminator/environment."
        )
    if not settings.get("BACKUP_COPY_COMMAND"):
        left.append("The backups are on this disk alone: name a program that copies them away, BACKUP_COPY_COMMAND.")
    if not settings.get("BOUNCE_MAILBOX_URL"):
        left.append(
            "Nobody notices which e-mails come back: make a mailbox for them, and name it in BOUNCE_MAILBOX_URL."
        )
    if answers["CERTIFICATE"] != CERTBOT:
        left.append(
            f"Renew the certificate in {answers['CERTIFICATE']} before it ends, and then: systemctl reload nginx"
        )
    return [*left, _BOARD, _REGISTER, _SECOND]

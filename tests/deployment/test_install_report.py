from egzaminator.deployment.install_report import left_to_do

ANSWERS = {"BACKUP_RECIPIENT": "", "CERTIFICATE": "/etc/ssl/board/fullchain.pem"}
SETTINGS = {"BACKUP_RECIPIENTS": "age1machine"}


def named(lines: list[str]) -> list[str]:
    names = ("show_keys", "BACKUP_RECIPIENTS", "BACKUP_COPY_COMMAND", "BOUNCE_MAILBOX_URL", "Renew the certificate")
    return [name for line in lines for name in names if name in line]


def test_what_is_missing_is_named() -> None:
    assert named(left_to_do(ANSWERS, SETTINGS)) == [
        *("show_keys", "BACKUP_RECIPIENTS", "BACKUP_COPY_COMMAND", "BOUNCE_MAILBOX_URL", "Renew the certificate"),
    ]


def test_what_is_there_is_not() -> None:
    settings = {
        "BACKUP_RECIPIENTS": "age1administrator,age1machine",
        "BACKUP_COPY_COMMAND": "/etc/egzaminator/copy-backup",
        "BOUNCE_MAILBOX_URL": "imaps://bounce:x@poczta.oke.example",
    }
    left = left_to_do(ANSWERS | {"CERTIFICATE": "certbot"}, settings)
    assert named(left) == ["show_keys"]  # which nobody can know
    assert len(left) == 4

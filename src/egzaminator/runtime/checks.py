"""The project's own system checks for `manage.py check --deploy`, in addition to Django's.

Production commands do not start while any of the checks fails.
"""

import ipaddress
from typing import Any, Final

from django.conf import settings
from django.core.checks import WARNING, Error, Tags, register, run_checks
from django.core.management.base import CommandError, CommandParser, OutputWrapper

from egzaminator.runtime.environment import Security

_CHECKED_TLS: Final = frozenset(("verify-ca", "verify-full"))
# 32 random bytes almost never have fewer than 24 different values. Made-up keys mostly have fewer than this.
_DIFFERENT_BYTES: Final = 16


@register(Tags.security, deploy=True)
def check_deployment(**_: Any) -> list[Error]:
    """Return an error for each setting that is unsafe in production."""
    return [Error(text, id=f"egzaminator.{rule}") for rule, is_wrong, text in _rules() if is_wrong]


def _rules() -> list[tuple[str, bool, str]]:
    """Return the rules: an id, whether the rule is broken, the message.

    An id is never given to another rule, because `SILENCED_SYSTEM_CHECKS` and administrators' notes name it.
    """
    mail = settings.MAIL_SERVER
    return [
        ("E001", settings.DEMO, "DEMO is set: demo data and demo passwords have no place in production."),
        (
            "E002",
            not settings.PUBLIC_BASE_URL.startswith("https://"),
            "PUBLIC_BASE_URL is not https: passwords and sessions would travel in clear.",
        ),
        (
            "E003",
            mail.security is Security.NONE and not _is_this_machine(mail.host),
            "EMAIL_URL sends links that open accounts over the network in clear: use smtp+starttls:// or smtps://.",
        ),
        (
            "E004",
            settings.BLIND_INDEX_KEY in settings.ENCRYPTION_KEYS.values(),
            "BLIND_INDEX_KEY is also an encryption key: each purpose needs a key of its own.",
        ),
        (
            "E005",
            settings.PUBLIC_BASE_URL.startswith("https://") and settings.TRUSTED_PROXY_COUNT == 0,
            "TRUSTED_PROXY_COUNT is 0, but https ends at a proxy: all visitors would be counted as one.",
        ),
        (
            "E006",
            "DATA_DIR" in settings.DATABASES["default"],
            "DATABASE_URL is not set: the embedded database has neither backups nor an administrator.",
        ),
        (
            "E007",
            not _is_near(settings.DATABASES["default"])
            and settings.DATABASES["default"].get("OPTIONS", {}).get("sslmode") not in _CHECKED_TLS,
            "DATABASE_URL leads over the network without a checked certificate: add ?sslmode=verify-full.",
        ),
        (
            "E008",
            any(len(set(key)) < _DIFFERENT_BYTES for key in _keys()),
            "A key of ENCRYPTION_KEYS or BLIND_INDEX_KEY is no random one: make it as docs/production.md says.",
        ),
        (
            "E009",
            len(set(settings.SECRET_KEY)) < _DIFFERENT_BYTES,
            "SECRET_KEY is no random one: make it as docs/production.md says.",
        ),
        (
            "E010",
            not settings.STAFF_SECOND_FACTOR,
            "STAFF_SECOND_FACTOR is off: one guessed or leaked password of staff would open everybody's data.",
        ),
    ]


def _keys() -> list[bytes]:
    return [settings.BLIND_INDEX_KEY, *settings.ENCRYPTION_KEYS.values()]


def _is_near(database: dict[str, Any]) -> bool:
    # Without a host, or with a path as the host, psycopg connects to a Unix socket on this machine. A URL names several
    # hosts in its query, with commas between.
    hosts = database.get("HOST") or database.get("OPTIONS", {}).get("host") or "/"
    return "DATA_DIR" in database or all(host.startswith("/") or _is_this_machine(host) for host in hosts.split(","))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_SWITCH: Final = "--insecure-test-machine"


def add_test_machine_switch(parser: CommandParser) -> None:
    """Add the option `--insecure-test-machine`, which overrides `require_safe_settings`."""
    parser.add_argument(
        _SWITCH,
        action="store_true",
        help="start although `check --deploy` complains: for a machine that holds nobody's data",
    )


def require_safe_settings(*, stderr: OutputWrapper, is_test_machine: bool) -> None:
    """Run the checks of `manage.py check --deploy`, warnings included, and stop the command if any of them fails.

    Warnings count as errors because nobody reads the warnings of a command that runs for months.

    Raise `CommandError`, which names each unsafe setting. On a test machine, write the same text to `stderr` and
    return.
    """
    found = [
        message
        for message in run_checks(include_deployment_checks=True)
        if message.level >= WARNING and not message.is_silenced()
    ]
    if not found:
        return
    text = "The settings are not safe (docs/production.md):\n" + "\n".join(
        f"  {message.msg} ({message.id})" for message in found
    )
    if not is_test_machine:
        raise CommandError(f"{text}\nOn a machine that holds nobody's data, {_SWITCH} starts it all the same.")
    stderr.write(text)

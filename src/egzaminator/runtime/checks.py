"""The project's own system checks for `manage.py check --deploy`, in addition to Django's."""

import ipaddress
from typing import Any, Final

from django.conf import settings
from django.core.checks import Error, Tags, register

from egzaminator.runtime.environment import Security

_CHECKED_TLS: Final = frozenset(("verify-ca", "verify-full"))
# 32 random bytes almost never have fewer than 24 different values. Made-up keys have fewer.
_DIFFERENT_BYTES: Final = 16


@register(Tags.security, deploy=True)
def check_deployment(**_: Any) -> list[Error]:
    """Return an error for each setting that is unsafe in production."""
    return [
        Error(text, id=f"egzaminator.E{number:03}") for number, (is_wrong, text) in enumerate(_rules(), 1) if is_wrong
    ]


def _rules() -> list[tuple[bool, str]]:
    mail = settings.MAIL_SERVER
    return [
        (settings.DEMO, "DEMO is set: demo data and demo passwords have no place in production."),
        (
            not settings.PUBLIC_BASE_URL.startswith("https://"),
            "PUBLIC_BASE_URL is not https: passwords and sessions would travel in clear.",
        ),
        (
            mail.security is Security.NONE and not _is_this_machine(mail.host),
            "EMAIL_URL sends links that open accounts over the network in clear: use smtp+starttls:// or smtps://.",
        ),
        (
            settings.BLIND_INDEX_KEY in settings.ENCRYPTION_KEYS.values(),
            "BLIND_INDEX_KEY is also an encryption key: each purpose needs a key of its own.",
        ),
        (
            settings.PUBLIC_BASE_URL.startswith("https://") and settings.TRUSTED_PROXY_COUNT == 0,
            "TRUSTED_PROXY_COUNT is 0, but https ends at a proxy: all visitors would be counted as one.",
        ),
        (
            "DATA_DIR" in settings.DATABASES["default"],
            "DATABASE_URL is not set: the embedded database has neither backups nor an administrator.",
        ),
        (
            not _is_near(settings.DATABASES["default"])
            and settings.DATABASES["default"].get("OPTIONS", {}).get("sslmode") not in _CHECKED_TLS,
            "DATABASE_URL leads over the network without a checked certificate: add ?sslmode=verify-full.",
        ),
        (
            any(len(set(key)) < _DIFFERENT_BYTES for key in _keys()),
            "A key of ENCRYPTION_KEYS or BLIND_INDEX_KEY is no random one: make it as docs/production.md says.",
        ),
        (
            len(set(settings.SECRET_KEY)) < _DIFFERENT_BYTES,
            "SECRET_KEY is no random one: make it as docs/production.md says.",
        ),
        (
            not settings.STAFF_SECOND_FACTOR,
            "STAFF_SECOND_FACTOR is off: one guessed or leaked password of staff would open everybody's data.",
        ),
    ]


def _keys() -> list[bytes]:
    return [settings.BLIND_INDEX_KEY, *settings.ENCRYPTION_KEYS.values()]


def _is_near(database: dict[str, Any]) -> bool:
    # Without a host, or with a path as the host, psycopg connects to a Unix socket on this machine.
    host = database.get("HOST") or "/"
    return "DATA_DIR" in database or host.startswith("/") or _is_this_machine(host)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

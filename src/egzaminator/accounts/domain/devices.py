"""The browsers that an account was logged in with: named, remembered, recognised, forgotten."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from egzaminator.accounts.models import Account, KnownDevice
from egzaminator.core.statements import change
from egzaminator.core.tokens import new_token, token_digest


def device_digest(*, account_id: uuid.UUID, token: str) -> bytes:
    """Return the 32-byte digest by which an account knows the browser that holds a token."""
    return token_digest(f"{account_id}:{token}")


# A browser's header also names the browsers that it descends from, so the first match in this order counts.
_BROWSERS: Final = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Opera": "Opera",
    "Vivaldi/": "Vivaldi",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Chromium/": "Chromium",
    "Safari/": "Safari",
}
_SYSTEMS: Final = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


def name_device(*, user_agent: str) -> str:
    """Return the name by which its owner knows a browser, such as "Firefox, Windows".

    Return "" if the User-Agent header names nothing known. None of the header's own text gets into the name.
    """
    parts = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """How a browser is recognised from now on."""

    token: str
    """The value of the browser's cookie. The server stores only its digest."""
    label: str
    is_new: bool
    """Whether this is the account's first log-in with this browser."""


_SEEN_AGAIN: Final = """
UPDATE accounts_knowndevice SET label = %s, last_seen_at = %s WHERE account_id = %s AND digest = %s
"""
# Locks the account as `lock_unchanged` does, in the same statement: one round trip in place of four. Two simultaneous
# log-ins, in two tabs of one browser, may both get here.
_ADD: Final = """
INSERT INTO accounts_knowndevice (account_id, digest, label, first_seen_at, last_seen_at)
SELECT id, %s, %s, %s, %s FROM accounts_account WHERE id = %s AND password = %s AND is_active
FOR UPDATE
ON CONFLICT DO NOTHING
"""


def remember_device(*, account: Account, token: str, user_agent: str) -> RememberedDevice:
    """Remember the browser of a completed log-in.

    `account` is as the log-in found it. `token` is the one that the browser has, of this account or of another, or "".
    Return the same token, or a new one if there was none. If a new password or a freeze has overtaken the log-in, and
    made the account forget its devices, nothing is stored.
    """
    now, label = timezone.now(), name_device(user_agent=user_agent)
    if token:
        digest = device_digest(account_id=account.id, token=token)
        if change(_SEEN_AGAIN, [label, now, account.id, digest]):
            return RememberedDevice(token, label, is_new=False)
    token = token or new_token()
    digest = device_digest(account_id=account.id, token=token)
    change(_ADD, [digest, label, now, now, account.id, account.password])
    return RememberedDevice(token, label, is_new=True)


def recognise_device(*, account_id: uuid.UUID, token: str) -> KnownDevice | None:
    """Return the account's known device that a browser's token belongs to, or None.

    `account_id` may be the uuid of no account. `token` is the cookie's, or "" if there is none; then no query is made.
    """
    if not token:
        return None
    return KnownDevice.objects.filter(
        account_id=account_id, digest=device_digest(account_id=account_id, token=token)
    ).first()


def forget_devices(*, account: Account, but: str = "") -> int:
    """Forget the known devices of an account; return how many there were.

    `but` is the token of the one browser that stays known, if any.
    """
    devices = KnownDevice.objects.filter(account=account)
    if but:
        devices = devices.exclude(digest=device_digest(account_id=account.id, token=but))
    count, _ = devices.delete()
    return count


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")

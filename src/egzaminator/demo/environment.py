"""The demo's settings, made here and stored in DATA_DIR for every command that runs beside the demo."""

import base64
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from egzaminator.demo.errors import DemoError
from egzaminator.runtime.environment import DEMO_FILE, KEY_BYTES

# Kept between runs, so that what they encrypted stays readable.
_SECRETS: Final = ("SECRET_KEY", "ENCRYPTION_KEYS", "BLIND_INDEX_KEY")
# Stored as given in the environment, so that commands beside the demo use the same settings as the demo.
_PASSED_ON: Final = (
    "DATABASE_URL",
    "PASSWORD_MIN_LENGTH",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "TRUSTED_PROXY_COUNT",
)


def keep_secrets(data_dir: Path) -> dict[str, str]:
    """Return the demo's keys: those of an earlier run, or new ones, which are stored before they are used.

    Other settings that an earlier run stored are dropped. Raise `DemoError` if the stored keys cannot be read, and
    `OSError` if the keys cannot be stored.
    """
    path = data_dir / DEMO_FILE
    try:
        kept = dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        raise DemoError(
            f"{path} cannot be read: {error}. It holds the keys of the demo's data. "
            f"Put it back, or start afresh: delete {data_dir}."
        ) from None
    values = {name: kept.get(name) or made for name, made in _new_secrets().items()}
    write_environment(data_dir, values)
    return values


def make_environment(given: Mapping[str, str], *, kept: Mapping[str, str], mailbox: str) -> dict[str, str]:
    """Return the demo's settings.

    `given` is the process environment, which takes precedence. `kept` holds the demo's own keys, and `mailbox` is
    the EMAIL_URL of the demo's mailbox.
    """
    values = {name: given.get(name) or secret for name, secret in kept.items()}
    values["PUBLIC_BASE_URL"] = given.get("PUBLIC_BASE_URL") or f"http://localhost:{_port(given)}"
    values["EMAIL_URL"] = given.get("EMAIL_URL") or mailbox
    values["DEMO"] = "1"
    return values | {name: given[name] for name in _PASSED_ON if given.get(name)}


def write_environment(data_dir: Path, values: Mapping[str, str]) -> None:
    """Store the settings in DATA_DIR, readable only by their owner (mode 0600). Raise `OSError` if that fails."""
    handle, name = tempfile.mkstemp(prefix=f"{DEMO_FILE}.", dir=data_dir)  # with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("# Made by the demo at every start. The first three lines are its keys.\n")
            file.writelines(f"{key}={_quoted(value)}\n" for key, value in values.items())
        Path(name).replace(data_dir / DEMO_FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _new_secrets() -> dict[str, str]:
    return dict(zip(_SECRETS, (secrets.token_urlsafe(50), f"demo:{_new_key()}", _new_key()), strict=True))


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _port(given: Mapping[str, str]) -> str:
    port = given.get("PORT", "")
    return port if port.isascii() and port.isdigit() else "8000"  # settings.py reports an invalid one


def _quoted(value: str) -> str:
    # python-dotenv expands `${` as a variable, even in single quotes. `${:-$}` is its way to write a dollar sign.
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "${:-$}{")
    return f"'{escaped}'"

"""What the environment says, read and checked once at start.

No Django here: settings.py is made of it.
"""

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import dj_database_url
from environs import Env, EnvError, EnvValidationError

from egzaminator.kernel.leaked_passwords import NotALeakListError, require_leak_list

KEY_BYTES: Final = 32
LONGEST_KEY_ID: Final = 32  # characters; it stands before every encrypted value
HIGHEST_PORT: Final = 65535
# What the demo makes for itself, so that every command run beside it finds the same keys.
DEMO_FILE: Final = "demo.env"


class EnvironmentProblemError(Exception):
    """The environment is incomplete or wrong. Its text is what the administrator reads."""


class Security(Enum):
    """How a connection to the mail server is protected."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""


_DEFAULT_PORTS: Final = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}

_WEB_PORTS: Final = {"http": 80, "https": 443}


def parse_mail_server(url: str) -> MailServer:
    """Read `smtp://`, `smtp+starttls://` or `smtps://` with an optional user and password. Raises EnvError."""
    try:
        parts = urlsplit(url)
        security = Security(parts.scheme)
        port = _DEFAULT_PORTS[security] if parts.port is None else parts.port
    except ValueError:
        raise EnvError("use smtp://host:port, smtp+starttls://user:password@host:port or smtps://…") from None
    # A "#" or a "/" in a password would otherwise make the user the host.
    if not parts.hostname or not port or parts.path.strip("/") or parts.query or parts.fragment:
        raise EnvError("use smtp://host:port; in a user and password, write % and two hexadecimal digits for signs")
    return MailServer(parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or ""))


def parse_key(text: str) -> bytes:
    """Read a key of 32 bytes in Base64. Raises EnvError."""
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise EnvError("a key is 32 random bytes in Base64, as `openssl rand -base64 32` prints them")
    return key


def parse_keys(text: str) -> dict[str, bytes]:
    """Read `id:key,id:key`; the first encrypts, all decrypt. Raises EnvError."""
    keys = {}
    for item in text.split(","):
        key_id, separator, key = item.strip().partition(":")
        is_id = key_id.isascii() and key_id.isalnum() and len(key_id) <= LONGEST_KEY_ID
        if not separator or not is_id or key_id in keys:
            raise EnvError("list the keys as `id:key,id:key`, newest first, with ids of letters and digits")
        keys[key_id] = parse_key(key)
    return keys


def parse_base_url(url: str) -> str:
    """Read the public address, `https://host`; gives it as browsers write an origin. Raises EnvError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EnvError("use https://host or http://host:port") from None
    is_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _WEB_PORTS or not parts.hostname or port == 0 or is_more:
        raise EnvError("use https://host or http://host:port, without a path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, _WEB_PORTS[parts.scheme]) else f":{port}")


@dataclass(frozen=True, slots=True)
class Bind:
    """Where the web server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_bind(text: str) -> Bind:
    """Read `address:port` with a numeric address, `[::1]:8000` for version 6 of the protocol. Raises EnvError."""
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = int(port)
    except ValueError:
        raise EnvError("use address:port with a numeric address, such as 127.0.0.1:8000 or [::1]:8000") from None
    if not 0 < number <= HIGHEST_PORT:
        raise EnvError(f"the port is a number from 1 to {HIGHEST_PORT}")
    return Bind(str(address), number)


def parse_database(url: str | None) -> dict[str, Any] | None:
    """Read `postgresql://user:password@host:port/name` into Django's settings of a database. Raises EnvError.

    Gives None for None, since the environment's reader hands defaults over as well.
    """
    if url is None:
        return None
    try:
        if urlsplit(url).scheme in ("postgresql", "postgres"):
            return dict(dj_database_url.parse(url))
    except ValueError:  # of which dj_database_url's own errors are kinds
        pass
    raise EnvError("use postgresql://user:password@host:port/name")


def parse_leak_list(path: str | None) -> Path | None:
    """Read the name of a file of leaked passwords, and make sure that it is one. Raises EnvError.

    Gives None for None, since the environment's reader hands defaults over as well.
    """
    if not path:
        return None
    file = Path(path).absolute()
    try:
        require_leak_list(file)
    except NotALeakListError as error:
        raise EnvError(f"{file} {error}; give it Pwned Passwords' SHA-1 list ordered by hash") from None
    return file


def read_environment(data_dir: Path) -> Env:
    """Give the environment's reader, with what a demo keeps in DATA_DIR as defaults."""
    env = Env(eager=False)
    env.add_parser("key", parse_key)
    env.add_parser("keys", parse_keys)
    env.add_parser("mail_server", parse_mail_server)
    env.add_parser("base_url", parse_base_url)
    env.add_parser("bind", parse_bind)
    env.add_parser("database", parse_database)
    env.add_parser("leak_list", parse_leak_list)
    try:
        env.read_env(data_dir / DEMO_FILE, recurse=False)
    except OSError as error:
        raise EnvironmentProblemError(f"DATA_DIR {data_dir} cannot be read: {error.strerror}.") from None
    except ValueError:  # bytes that are no text, or a folder of that name
        raise EnvironmentProblemError(
            f"DATA_DIR {data_dir} is damaged: {DEMO_FILE} in it is no settings file."
        ) from None
    return env


def require_valid(env: Env) -> None:
    """Raise EnvironmentProblemError that names everything wrong at once."""
    try:
        env.seal()
    except EnvValidationError as error:
        lines = []
        for name, reasons in cast("Mapping[str, object]", error.error_messages).items():  # what seal() raises
            text = " ".join(reasons) if isinstance(reasons, list) else str(reasons)
            lines.append(f"  {name}: {'it is not set' if text == 'Environment variable not set.' else text}")
        raise EnvironmentProblemError(
            "The settings in the environment need attention (docs/production.md lists them):\n" + "\n".join(lines)
        ) from None
